"""Modèles des appels et des projets."""

from projets.models.appel import AppelAProjets, Axe
from projets.models.budget import LigneBudget
from projets.models.cofinancement import Cofinancement
from projets.models.depot import Depot, Recepisse
from projets.models.echanges import DemandeDeComplement, MessageDuProjet
from projets.models.journal import ExportDuJournal
from projets.models.piece_jointe import PieceJointe
from projets.models.projet import ExerciceProjet, PartProjet, Projet
from projets.models.prolongation import Prolongation
from projets.models.reglages import Critere, PieceDemandee, Question
from projets.models.saisie import Saisie

__all__ = [
    "AppelAProjets",
    "Axe",
    "Cofinancement",
    "Critere",
    "DemandeDeComplement",
    "Depot",
    "ExerciceProjet",
    "ExportDuJournal",
    "LigneBudget",
    "MessageDuProjet",
    "PartProjet",
    "PieceDemandee",
    "PieceJointe",
    "Projet",
    "Prolongation",
    "Question",
    "Recepisse",
    "Saisie",
]
