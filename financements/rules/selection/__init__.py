"""Proposer une sélection : le modèle, sa résolution exacte, ce qui l’explique. Décision : docs/adr/0013."""

from financements.rules.selection.comptes import Comptes, Obstacle
from financements.rules.selection.conflits import Conflit
from financements.rules.selection.contraintes import Repere, Sorte
from financements.rules.selection.explications import Manque, Tension
from financements.rules.selection.glouton import glouton
from financements.rules.selection.probleme import (
    Candidat,
    Choix,
    Exercice,
    Objectif,
    Plancher,
    Ponderation,
    Probleme,
    ProblemeRefuse,
)
from financements.rules.selection.resolution import Resultat, resoudre
from financements.rules.selection.solution import Solution, Statut, valeur
from financements.rules.selection.solveur import Avancement
from financements.rules.selection.verification import Violation, verifier

__all__ = [
    "Avancement",
    "Candidat",
    "Choix",
    "Comptes",
    "Conflit",
    "Exercice",
    "Manque",
    "Objectif",
    "Obstacle",
    "Plancher",
    "Ponderation",
    "Probleme",
    "ProblemeRefuse",
    "Repere",
    "Resultat",
    "Solution",
    "Sorte",
    "Statut",
    "Tension",
    "Violation",
    "glouton",
    "resoudre",
    "valeur",
    "verifier",
]
