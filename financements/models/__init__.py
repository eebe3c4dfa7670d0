"""Modèles des financements."""

from financements.models.action import Action, ContrepartieFse, Deliberation, PartTranche, Tranche
from financements.models.enveloppe import CreditAnnuel, Enveloppe
from financements.models.repartition import Dotation, DotationAxe, Repartition, ReserveAnnuelle
from financements.models.scenario import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.models.travaux import ImportProgramme, Rapport, Volume

__all__ = [
    "Action",
    "ContrepartieFse",
    "CoupDeScenario",
    "CreditAnnuel",
    "Deliberation",
    "Dotation",
    "DotationAxe",
    "Enveloppe",
    "ImportProgramme",
    "LigneDeScenario",
    "PartDeScenario",
    "PartTranche",
    "Rapport",
    "Repartition",
    "ReserveAnnuelle",
    "Scenario",
    "Tranche",
    "Volume",
]
