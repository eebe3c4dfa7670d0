"""Modèles des financements."""

from financements.models.action import Action, ContrepartieFse, Deliberation, PartTranche, Tranche
from financements.models.enveloppe import CreditAnnuel, Dotation, Enveloppe, Repartition
from financements.models.travaux import ImportProgramme, Rapport, Volume

__all__ = [
    "Action",
    "ContrepartieFse",
    "CreditAnnuel",
    "Deliberation",
    "Dotation",
    "Enveloppe",
    "ImportProgramme",
    "PartTranche",
    "Rapport",
    "Repartition",
    "Tranche",
    "Volume",
]
