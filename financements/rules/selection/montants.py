"""Donner des montants en euros entiers à une sélection, qui tiennent toutes les enveloppes au centime."""

from dataclasses import dataclass, replace
from math import floor

import numpy as np

from financements.rules.selection.comptes import Comptes, montants_en_bornes
from financements.rules.selection.contraintes import Sorte
from financements.rules.selection.modele import Entieres, Jeu, Modele, Reels, figer, reconstruire
from financements.rules.selection.probleme import ENTIER, EURO, Choix, Probleme
from financements.rules.selection.solution import Solution, valeur
from financements.rules.selection.solveur import Conduite, Fin, chercher, relacher
from financements.rules.selection.verification import verifier

CENT_MILLIEME = 1e-5  # euro : ce qu’un flottant peut perdre sur un montant entier


def en_euros_entiers(modele: Modele, retenus: Entieres, conduite: Conduite) -> Solution | None:
    """Les meilleurs montants de cette sélection, revérifiés ; None s’il n’en existe pas qui tiennent au centime.

    D’abord un programme linéaire arrondi à l’euro inférieur : un sommet a au plus autant de montants entre leurs
    bornes que de contraintes, donc les minima à tenir sont demandés avec cette marge. Sans solution, les euros sont
    des inconnues entières.
    """
    serre = reconstruire(modele, Jeu.SERRE)
    reponse = relacher(figer(_avec_marge(serre), retenus), conduite)
    if reponse.colonnes is not None:
        solution = _solution(serre, retenus, reponse.colonnes)
        if not verifier(modele.probleme, solution):
            return solution
    return _au_plus_juste(reconstruire(modele, Jeu.SERRE, echelle=1), retenus, conduite).solution


@dataclass(frozen=True, slots=True)
class Exacte:
    """Ce que donne la recherche en euros entiers ; `borne` en points, infinie si rien n’est prouvé."""

    fin: Fin
    solution: Solution | None
    borne: float


def sans_marge(modele: Modele, conduite: Conduite) -> Exacte:
    """Qui retenir et combien, ensemble, en euros entiers : le dernier recours, exact et plus lent."""
    large = _au_plus_juste(reconstruire(modele, Jeu.LARGE, echelle=1), None, conduite)
    if large.solution or large.fin is Fin.INFAISABLE:
        return large
    serree = _au_plus_juste(reconstruire(modele, Jeu.SERRE, echelle=1), None, conduite)
    return replace(serree, borne=large.borne)


def _au_plus_juste(euros: Modele, retenus: Entieres | None, conduite: Conduite) -> Exacte:
    modele = euros if retenus is None else figer(euros, retenus)
    reponse = chercher(modele, conduite, entieres=np.ones(len(modele.gains), dtype=np.bool_))
    if reponse.colonnes is None:
        return Exacte(reponse.fin, None, reponse.borne)
    choisis = np.asarray(reponse.colonnes[: euros.nombre] > 1 / 2, dtype=np.bool_)
    solution = _solution(euros, choisis, np.round(reponse.colonnes))
    return Exacte(reponse.fin, None if verifier(euros.probleme, solution) else solution, reponse.borne)


def _avec_marge(modele: Modele) -> Modele:
    """Les minima en euros, relevés de ce que l’arrondi à l’euro inférieur peut retirer."""
    marge = len(modele.lignes)
    bas = modele.lignes_bas.copy()
    for rang, ligne in enumerate(modele.lignes):
        if ligne.repere.sorte in (Sorte.PART_PROFESSIONNELLE, Sorte.PLANCHER_MONTANT):
            plus_fort = max((coefficient for _, _, coefficient in ligne.montants), default=0)
            bas[rang] += max(plus_fort, 0) / ENTIER * marge / modele.echelle
    return replace(modele, lignes_bas=bas)


def _solution(modele: Modele, retenus: Entieres, colonnes: Reels) -> Solution:
    montants: dict[str, dict[int, int]] = {}
    for rang in np.flatnonzero(retenus):
        candidat = modele.probleme.candidats[rang]
        montants[candidat.cle] = {}
        for annee, exercice in candidat.exercices.items():
            bas, haut = exercice.bornes
            colonne = modele.supplements.get((int(rang), annee))
            supplement = floor(colonnes[colonne] * modele.echelle + CENT_MILLIEME) if colonne else 0
            montants[candidat.cle][annee] = EURO * min(max(bas + supplement, bas), haut)
    return Solution(montants, valeur(modele.probleme, montants))


def completer(probleme: Probleme, solution: Solution) -> Solution:
    """Ajoute au minimum les projets qui tiennent encore, du mieux noté au moins bien : la recherche s’arrête avant."""
    comptes = Comptes.de(probleme, solution.montants)
    montants = {cle: dict(annees) for cle, annees in solution.montants.items()}
    utiles = [
        candidat
        for candidat, gain in zip(probleme.candidats, probleme.valeurs, strict=True)
        if candidat.choix is not Choix.ECARTE and candidat.est_financable and gain.de(candidat.minimum) > 0
    ]
    for candidat in sorted(utiles, key=lambda c: (-c.note, c.cle)):
        au_minimum = montants_en_bornes(candidat, au_maximum=False)
        if candidat.cle not in montants and not comptes.obstacles(candidat, au_minimum):
            comptes.ajouter(candidat, au_minimum)
            montants[candidat.cle] = au_minimum
    if len(montants) == len(solution.montants):
        return solution
    return Solution(montants, valeur(probleme, montants))
