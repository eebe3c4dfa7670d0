"""Demander, annuler et relancer un PDF du comité."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.models import Comite, DocumentDuComite
from financements.permissions import peut_arbitrer
from financements.states import EtatComite, SorteDeDocument
from financements.tasks.comite import lancer_le_document
from projets.models import Axe, Projet


@transaction.atomic
def demander_un_document(
    *, auteur: Personne, comite: Comite, sorte: SorteDeDocument, projet: Projet | None = None, axe: Axe | None = None
) -> DocumentDuComite:
    """La demande, et sa production lancée ; celle qui est en cours, si elle existe déjà.

    Lève `PermissionDenied`, `PassageRefuse` (procès-verbal d’un comité pas clos, rien de tel à l’ordre du jour, page
    d’un projet dont l’auteur s’est déporté).
    """
    visible = Comite.objects.visibles_par(auteur).filter(pk=comite.pk).exists()
    if not (peut_arbitrer(auteur) and visible):
        raise PermissionDenied
    if sorte == SorteDeDocument.PROCES_VERBAL and comite.etat != EtatComite.CLOS:
        raise PassageRefuse("Le procès-verbal se produit une fois le comité clos.")
    de_quoi = {nom: valeur for nom, valeur in (("projet", projet), ("axe", axe)) if valeur}
    points = comite.points.filter(**de_quoi)
    if de_quoi and not points.exists():
        raise PassageRefuse("Aucun point de l’ordre du jour n’est concerné.")
    if points.exclude(pk__in=points.visibles_par(auteur).values("pk")).exists():
        raise PassageRefuse("Un projet dont vous vous êtes déporté y a sa page\u00a0: un autre pilote le demande.")
    voulu = {"comite": comite, "sorte": sorte, "projet": projet, "axe": axe}
    document, est_neuf = execution.inscrire(DocumentDuComite, cle=voulu, demande_par=auteur)
    if est_neuf:
        journaliser(auteur=auteur, acte="demander_un_document", objet=document, apres={"sorte": str(sorte.label)})
        transaction.on_commit(partial(lancer_le_document, document.pk))
    return document


def annuler_le_document(*, auteur: Personne, document: DocumentDuComite) -> DocumentDuComite:
    """Demande l’arrêt. Lève `PassageRefuse` s’il est fini."""
    return execution.demander_l_annulation(modele=DocumentDuComite, pk=document.pk, auteur=auteur)


def relancer_le_document(*, auteur: Personne, document: DocumentDuComite) -> DocumentDuComite:
    """Reprend un document échoué ou annulé. Lève `PassageRefuse` (autre état, ou un autre est en cours)."""
    return execution.relancer(modele=DocumentDuComite, pk=document.pk, auteur=auteur, lancer=lancer_le_document)
