"""Un petit appel en arbitrage dont le scénario est adopté, et ses imputations."""

from datetime import date

from django.test import TestCase

from financements.actions.arbitrage.adopter import adopter
from financements.actions.rapport_assemblee.produire import produire_le_rapport
from financements.actions.rapport_assemblee.rediger import Dates, dater_le_rapport, rapport_de, rediger_le_rapport
from financements.models import DocumentDeRapport, Imputation, RapportALAssemblee, Scenario
from tests.financements.arbitrage.fabriques import PetitArbitrage
from tests.financements.fabriques import ImputationFactory

SEANCE, ENVOI, AUJOURD_HUI = date(2016, 6, 13), date(2016, 6, 1), date(2016, 6, 2)
TEXTE = "# Objet\n{{ appel }}\n\nTotal : {{ montant_total }} pour {{ nombre_projets }} projets, le {{ date_seance }}."


def adopte(monde: PetitArbitrage) -> Scenario:
    """Les propositions de l’instruction, adoptées : les projets 1 et 3, 27 300,03 €."""
    scenario = adopter(auteur=monde.pilote, scenario=monde.scenario())
    scenario.refresh_from_db()
    return scenario


def imputer(monde: PetitArbitrage, axe: int = 1, **champs: object) -> Imputation:
    """Une ligne du budget pour les organismes privés d’un axe."""
    une = ImputationFactory(appel=monde.appel, **{"nature": "6574", "fonction": f"56{axe}", **champs})
    une.rattachements.create(axe=monde.appel.axes.get(numero=axe), categorie="prive")
    return une


def redige(monde: PetitArbitrage, texte: str = TEXTE) -> RapportALAssemblee:
    """Le rapport, écrit et sa séance datée."""
    rediger_le_rapport(auteur=monde.pilote, appel=monde.appel, titre="Rapport n° 4", texte=texte, version=0)
    return dater_le_rapport(auteur=monde.pilote, appel=monde.appel, dates=jours(), version=1)


def jours(envoye_le: date | None = None, *, seance_le: date | None = SEANCE, urgence: str = "") -> Dates:
    """Des dates à enregistrer le 2 juin ; `urgence` : son motif."""
    return Dates(seance_le, envoye_le, bool(urgence), urgence, AUJOURD_HUI)


def produit(monde: PetitArbitrage) -> DocumentDeRapport:
    """Le rapport produit sur place."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        version = rapport_de(monde.appel).version
        document = produire_le_rapport(auteur=monde.pilote, appel=monde.appel, version=version)
    document.refresh_from_db()
    return document
