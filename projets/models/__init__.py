"""Modèles des appels et des projets."""

from projets.models.appel import AppelAProjets, Axe
from projets.models.projet import Cofinancement, ExerciceProjet, PartProjet, Projet

__all__ = ["AppelAProjets", "Axe", "Cofinancement", "ExerciceProjet", "PartProjet", "Projet"]
