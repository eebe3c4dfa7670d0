"""Modèles des financements."""

from financements.models.action import Action, ContrepartieFse, PartTranche, Tranche
from financements.models.calcul import CalculDeSelection
from financements.models.comite import (
    Amendement,
    Comite,
    DeportDElu,
    EcartALaNote,
    Elu,
    PhotographieDeSeance,
    PointDuComite,
)
from financements.models.deliberation import Decision, Deliberation
from financements.models.derogation import Derogation
from financements.models.documents_du_comite import DocumentDuComite
from financements.models.enveloppe import CreditAnnuel, Enveloppe
from financements.models.notification import EnvoiDesNotifications, Notification
from financements.models.repartition import Dotation, DotationAxe, Repartition, ReserveAnnuelle
from financements.models.revision import CreditDeReference, RevisionEnveloppe
from financements.models.scenario import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.models.travaux import ImportProgramme, Rapport, Volume

__all__ = [
    "Action",
    "Amendement",
    "CalculDeSelection",
    "Comite",
    "ContrepartieFse",
    "CoupDeScenario",
    "CreditAnnuel",
    "CreditDeReference",
    "Decision",
    "Deliberation",
    "DeportDElu",
    "Derogation",
    "DocumentDuComite",
    "Dotation",
    "DotationAxe",
    "EcartALaNote",
    "Elu",
    "Enveloppe",
    "EnvoiDesNotifications",
    "ImportProgramme",
    "LigneDeScenario",
    "Notification",
    "PartDeScenario",
    "PartTranche",
    "PhotographieDeSeance",
    "PointDuComite",
    "Rapport",
    "Repartition",
    "ReserveAnnuelle",
    "RevisionEnveloppe",
    "Scenario",
    "Tranche",
    "Volume",
]
