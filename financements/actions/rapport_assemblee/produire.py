"""Demander, annuler et relancer la production du rapport, en PDF et en ODT."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.rapport_assemblee.rediger import refuser_une_fois_envoye, verrouiller_le_rapport
from financements.chiffres.consommation import scenario_adopte
from financements.chiffres.rapport_assemblee.marque import marque_du_rapport
from financements.chiffres.rapport_assemblee.rapport import variables_de
from financements.models import DocumentDeRapport, RapportALAssemblee
from financements.permissions import peut_arbitrer
from financements.rules.variables import analyser
from financements.tasks.assemblee import lancer_le_rapport_a_l_assemblee
from projets.models import AppelAProjets


@transaction.atomic
def produire_le_rapport(*, auteur: Personne, appel: AppelAProjets, version: int) -> DocumentDeRapport:
    """La demande, et sa production lancée ; celle qui est en cours, si elle existe déjà.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` (vote fait, rien d’adopté, déjà envoyé, texte pas encore
    enregistré, variable inconnue, date de séance attendue par le texte).
    """
    rapport = verrouiller_le_rapport(auteur, appel, version)
    refuser_une_fois_envoye(rapport)
    scenario = scenario_adopte(appel)
    if scenario is None:
        raise PassageRefuse("Aucun scénario n’est adopté pour cet appel\u00a0: il n’y a rien à proposer.")
    if not rapport.pk:
        raise PassageRefuse("Enregistrez d’abord le texte du rapport.")
    _verifier_le_texte(rapport)
    marque = marque_du_rapport(rapport, scenario)
    document, est_neuf = execution.inscrire(
        DocumentDeRapport, cle={"rapport": rapport}, demande_par=auteur, scenario=scenario, marque=marque
    )
    if est_neuf:
        journaliser(auteur=auteur, acte="produire_le_rapport", objet=document, apres={"nom": scenario.nom})
        transaction.on_commit(partial(lancer_le_rapport_a_l_assemblee, document.pk))
    return document


def annuler_la_production(*, auteur: Personne, document: DocumentDeRapport) -> DocumentDeRapport:
    """Demande l’arrêt. Lève `PermissionDenied`, `PassageRefuse` si elle est finie."""
    if not peut_arbitrer(auteur):
        raise PermissionDenied
    return execution.demander_l_annulation(modele=DocumentDeRapport, pk=document.pk, auteur=auteur)


def _verifier_le_texte(rapport: RapportALAssemblee) -> None:
    analyse = analyser(rapport.texte, variables_de(rapport.appel))
    if analyse.erreurs:
        raise PassageRefuse(str(analyse.erreurs[0]))
    if "date_seance" in analyse.variables and rapport.seance_le is None:
        raise PassageRefuse(
            "Le texte emploie «\u00a0{{ date_seance }}\u00a0»\u00a0: donnez d’abord la date de la séance."
        )
