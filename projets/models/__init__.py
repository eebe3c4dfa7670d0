"""Modèles des appels et des projets."""

from projets.models.appel import AppelAProjets, Axe
from projets.models.projet import Cofinancement, ExerciceProjet, PartProjet, Projet
from projets.models.prolongation import Prolongation
from projets.models.reglages import Critere, PieceDemandee, Question

__all__ = [
    "AppelAProjets",
    "Axe",
    "Cofinancement",
    "Critere",
    "ExerciceProjet",
    "PartProjet",
    "PieceDemandee",
    "Projet",
    "Prolongation",
    "Question",
]
