"""Modèles des financements."""

from financements.models.action import Action, ContrepartieFse, Deliberation, PartTranche, Tranche
from financements.models.enveloppe import CreditAnnuel, Dotation, Enveloppe, Repartition
from financements.models.scenario import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.models.travaux import ImportProgramme, Rapport, Volume

__all__ = [
    "Action",
    "ContrepartieFse",
    "CoupDeScenario",
    "CreditAnnuel",
    "Deliberation",
    "Dotation",
    "Enveloppe",
    "ImportProgramme",
    "LigneDeScenario",
    "PartDeScenario",
    "PartTranche",
    "Rapport",
    "Repartition",
    "Scenario",
    "Tranche",
    "Volume",
]
