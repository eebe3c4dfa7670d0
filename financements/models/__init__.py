"""Modèles des financements."""

from financements.models.action import Action, ContrepartieFse, Deliberation, PartTranche, Tranche
from financements.models.derogation import Derogation
from financements.models.enveloppe import CreditAnnuel, Enveloppe
from financements.models.repartition import Dotation, DotationAxe, Repartition, ReserveAnnuelle
from financements.models.revision import CreditDeReference, RevisionEnveloppe
from financements.models.scenario import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.models.travaux import ImportProgramme, Rapport, Volume

__all__ = [
    "Action",
    "ContrepartieFse",
    "CoupDeScenario",
    "CreditAnnuel",
    "CreditDeReference",
    "Deliberation",
    "Derogation",
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
    "RevisionEnveloppe",
    "Scenario",
    "Tranche",
    "Volume",
]
