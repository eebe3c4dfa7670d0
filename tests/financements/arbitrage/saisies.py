"""Lire un scénario, y taper comme quelqu’un dont la page est à jour."""

from collections.abc import Mapping
from typing import Any

from financements.actions.arbitrage.saisir import Saisie
from financements.models import LigneDeScenario, Scenario
from financements.states import Choix
from projets.models import Projet
from tests.financements.arbitrage.fabriques import ANNEES, PetitArbitrage


def lire(scenario: Scenario) -> dict[int, tuple[str, dict[int, int]]]:
    """Numéro de projet → (choix, centimes par année)."""
    etats = {}
    for ligne in LigneDeScenario.objects.filter(scenario=scenario).select_related("projet"):
        montants = dict.fromkeys(ANNEES, 0)
        for annee, montant in ligne.parts.values_list("annee", "montant"):
            montants[annee] += int(montant * 100)
        etats[ligne.projet.numero] = (ligne.choix, montants)
    return etats


def saisie(
    monde: PetitArbitrage, scenario: Scenario, numero: int, choix: Choix, montants: Mapping[int, int]
) -> Saisie:
    projet = monde.projets[numero].pk
    version = LigneDeScenario.objects.get(scenario=scenario, projet=projet).version
    return Saisie(projet, choix, montants, version)


def champs(
    scenario: Scenario, projet: Projet, choix: str, montants: Mapping[int, str], version: int | None = None
) -> dict[str, Any]:
    """Ce que la page envoie d’une ligne."""
    lue = LigneDeScenario.objects.get(scenario=scenario, projet=projet).version
    return {
        f"v-{projet.pk}": version or lue,
        f"choix-{projet.pk}": choix,
        **{f"m-{projet.pk}-{annee}": texte for annee, texte in montants.items()},
    }
