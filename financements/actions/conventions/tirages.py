"""Demander, annuler, relancer le PDF d’une convention, d’un avenant ou de toute une délibération."""

from functools import partial
from typing import Any

from django.db import transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.commun import exiger_le_droit
from financements.models import Avenant, Convention, Deliberation, TirageDeConventions
from financements.states.execution import EtatConvention, SorteDeTirage
from financements.tasks.conventions import lancer_le_tirage


@transaction.atomic
def demander_le_tirage(
    *, auteur: Personne, convention: Convention, avenant: Avenant | None = None
) -> TirageDeConventions:
    """Le PDF d’une convention éditée ou d’un avenant édité (lit `action.projet.appel`) ; celui qui est en cours.

    Lève `PermissionDenied`, `PassageRefuse` si rien n’est figé.
    """
    exiger_le_droit(auteur)
    if (avenant or convention).contenu is None:
        raise PassageRefuse("Rien n’est encore édité\u00a0: il n’y a pas de texte à mettre en page.")
    return _demander(
        auteur, appel=convention.action.projet.appel, sorte=SorteDeTirage.SEUL, convention=convention, avenant=avenant
    )


@transaction.atomic
def demander_le_tirage_du_lot(
    *, auteur: Personne, deliberation: Deliberation, sorte: SorteDeTirage
) -> TirageDeConventions:
    """Toutes les conventions à signer d’une délibération, sauf déport, en archive ou en un fichier à imprimer.

    Lève `PermissionDenied`, `PassageRefuse` s’il n’y en a aucune.
    """
    exiger_le_droit(auteur)
    editees = Convention.objects.visibles_par(auteur).filter(
        action__deliberation=deliberation, etat=EtatConvention.EDITEE
    )
    premiere = editees.select_related("action__projet__appel").first()
    if premiere is None or sorte == SorteDeTirage.SEUL:
        raise PassageRefuse("Aucune convention de cette délibération n’est à signer\u00a0: éditez-les d’abord.")
    return _demander(auteur, appel=premiere.action.projet.appel, sorte=sorte, deliberation=deliberation)


def annuler_le_tirage(*, auteur: Personne, tirage: TirageDeConventions) -> TirageDeConventions:
    """Demande l’arrêt. Lève `PermissionDenied`, `PassageRefuse` s’il est fini."""
    exiger_le_droit(auteur)
    return execution.demander_l_annulation(modele=TirageDeConventions, pk=tirage.pk, auteur=auteur)


def relancer_le_tirage(*, auteur: Personne, tirage: TirageDeConventions) -> TirageDeConventions:
    """Reprend un tirage échoué ou annulé. Lève `PermissionDenied`, `PassageRefuse`."""
    exiger_le_droit(auteur)
    return execution.relancer(modele=TirageDeConventions, pk=tirage.pk, auteur=auteur, lancer=lancer_le_tirage)


def _demander(auteur: Personne, **voulu: Any) -> TirageDeConventions:
    tirage, est_neuf = execution.inscrire(TirageDeConventions, cle=voulu, demande_par=auteur)
    if est_neuf:
        apres = {"sorte": tirage.get_sorte_display()}
        journaliser(auteur=auteur, acte="demander_un_tirage", objet=tirage, apres=apres)
        transaction.on_commit(partial(lancer_le_tirage, tirage.pk))
    return tirage
