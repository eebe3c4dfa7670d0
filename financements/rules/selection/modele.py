"""Le programme linéaire : une colonne 0-1 par candidat, une colonne par montant au-delà du minimum.

Les flottants vivent ici et dans `solveur` : tout ce qui en sort est revérifié en entiers. Les montants y sont
d’ordinaire en milliers d’euros, pour que le solveur voie des nombres de tailles voisines.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from financements.rules.selection.contraintes import DIX_MILLIEMES_PAR_CENTIME, Ligne, Sorte, lignes
from financements.rules.selection.probleme import ENTIER, EURO, Choix, Probleme
from financements.rules.selection.solution import parts_d_un_montant

MILLIERS = 1_000  # euros dans l’unité du solveur
Reels = NDArray[np.float64]
Rangs = NDArray[np.int32]
Entieres = NDArray[np.bool_]
Supplements = dict[tuple[int, int], int]


@dataclass(slots=True)
class Modele:
    """Les colonnes 0 à n − 1 disent qui est retenu ; `supplements` : (rang, année) → colonne du surplus.

    `gains` se maximise, en points. Les `lignes` du problème viennent d’abord, puis les liens « au plus
    maximum − minimum si retenu ». `debuts`, `colonnes`, `coefficients` : la matrice, rangée par ligne.
    """

    probleme: Probleme
    echelle: int
    lignes: list[Ligne]
    supplements: Supplements
    gains: Reels
    bas: Reels
    hauts: Reels
    lignes_bas: Reels
    lignes_haut: Reels
    debuts: Rangs
    colonnes: Rangs
    coefficients: Reels

    @property
    def nombre(self) -> int:
        """De candidats."""
        return len(self.probleme.candidats)


class Jeu(IntEnum):
    """Comment compter le centime d’arrondi d’un projet à plusieurs territoires, là où le modèle est proportionnel.

    `LARGE` : jamais contre la sélection, donc la valeur du modèle borne toute sélection au centime. `SERRE` : toujours
    contre elle, donc ce que le modèle permet tient au centime.
    """

    LARGE = -1
    SERRE = 1


def construire(probleme: Probleme) -> Modele:
    """Le modèle du problème, qui en borne la valeur."""
    return _modele(probleme, lignes(probleme), Jeu.LARGE, MILLIERS)


def reconstruire(modele: Modele, jeu: Jeu, echelle: int = MILLIERS) -> Modele:
    """Le même problème, à un autre jeu et à une autre unité. `echelle` : euros dans l’unité des montants."""
    return _modele(modele.probleme, modele.lignes, jeu, echelle)


def _modele(probleme: Probleme, contraintes: list[Ligne], jeu: Jeu, echelle: int) -> Modele:
    supplements = _supplements(probleme)
    rangees = [_rangee(probleme, ligne, supplements, jeu) for ligne in contraintes]
    diviseurs = [1 if ligne.repere.sorte is Sorte.PLANCHER_NOMBRE else ENTIER * echelle for ligne in contraintes]
    bornes = [_borne(ligne, diviseur) for ligne, diviseur in zip(contraintes, diviseurs, strict=True)]
    coefficients = [
        valeur * echelle / diviseur if colonne >= len(probleme.candidats) else valeur / diviseur
        for rangee, diviseur in zip(rangees, diviseurs, strict=True)
        for colonne, valeur in rangee.items()
    ]
    colonnes = [colonne for rangee in rangees for colonne in rangee]
    for (rang, annee), colonne in supplements.items():
        bas, haut = probleme.candidats[rang].exercices[annee].bornes
        colonnes += [rang, colonne]
        coefficients += [(bas - haut) / echelle, 1.0]
    longueurs = [len(rangee) for rangee in rangees] + [2] * len(supplements)
    bornes += [(-np.inf, 0.0)] * len(supplements)
    bas_des_colonnes, hauts = _bornes_des_colonnes(probleme, supplements, echelle)
    return Modele(
        probleme=probleme,
        echelle=echelle,
        lignes=contraintes,
        supplements=supplements,
        gains=_gains(probleme, supplements, echelle),
        bas=bas_des_colonnes,
        hauts=hauts,
        lignes_bas=np.array([borne[0] for borne in bornes], dtype=np.float64),
        lignes_haut=np.array([borne[1] for borne in bornes], dtype=np.float64),
        debuts=np.cumsum([0, *longueurs], dtype=np.int32),
        colonnes=np.array(colonnes, dtype=np.int32),
        coefficients=np.array(coefficients, dtype=np.float64),
    )


def _supplements(probleme: Probleme) -> Supplements:
    """Une colonne par montant qui peut varier, après celles des candidats."""
    variables = [
        (rang, annee)
        for rang, candidat in enumerate(probleme.candidats)
        for annee, exercice in candidat.exercices.items()
        if exercice.bornes[0] < exercice.bornes[1] and candidat.choix is not Choix.ECARTE and candidat.est_financable
    ]
    return {cle: len(probleme.candidats) + place for place, cle in enumerate(variables)}


def _rangee(probleme: Probleme, ligne: Ligne, supplements: Supplements, jeu: Jeu) -> dict[int, int]:
    """Colonne → coefficient entier, en dix-millièmes d’euro. Un montant est minimum × retenu + supplément."""
    if ligne.repere.sorte is Sorte.PLANCHER_NOMBRE:
        return dict.fromkeys(ligne.nombres, 1)
    rangee: dict[int, int] = {}
    sens = -jeu if ligne.est_un_plancher else jeu
    for rang, annee, coefficient in ligne.montants:
        candidat = probleme.candidats[rang]
        bas = candidat.exercices[annee].bornes[0]
        colonne = supplements.get((rang, annee))
        if colonne:
            rangee[colonne] = coefficient
        du_minimum = coefficient * bas
        if ligne.repere.territoire and coefficient % EURO:  # la part n’est pas toujours un centime entier
            exacte = parts_d_un_montant(candidat, bas * EURO)[ligne.repere.territoire]
            du_minimum = (
                du_minimum + sens * DIX_MILLIEMES_PAR_CENTIME if colonne else exacte * DIX_MILLIEMES_PAR_CENTIME
            )
        rangee[rang] = rangee.get(rang, 0) + du_minimum
    return rangee


def _borne(ligne: Ligne, diviseur: int) -> tuple[float, float]:
    borne = ligne.borne / diviseur
    return (borne, np.inf) if ligne.est_un_plancher else (-np.inf, borne)


def _bornes_des_colonnes(probleme: Probleme, supplements: Supplements, echelle: int) -> tuple[Reels, Reels]:
    total = len(probleme.candidats) + len(supplements)
    bas, hauts = np.zeros(total), np.ones(total)
    for rang, candidat in enumerate(probleme.candidats):
        bas[rang] = candidat.choix is Choix.RETENU
        hauts[rang] = candidat.choix is not Choix.ECARTE and candidat.est_financable
    for (rang, annee), colonne in supplements.items():
        exercice = probleme.candidats[rang].exercices[annee].bornes
        hauts[colonne] = (exercice[1] - exercice[0]) / echelle
    return bas, hauts


def _gains(probleme: Probleme, supplements: Supplements, echelle: int) -> Reels:
    toutes = probleme.valeurs
    gains = np.zeros(len(toutes) + len(supplements))
    for rang, (candidat, gain) in enumerate(zip(probleme.candidats, toutes, strict=True)):
        gains[rang] = gain.de(candidat.minimum)
    for (rang, _), colonne in supplements.items():
        gains[colonne] = toutes[rang].par_euro * echelle
    return gains


def figer(modele: Modele, retenus: Entieres) -> Modele:
    """Le même modèle, où l’on sait déjà qui est retenu : il ne reste que les montants."""
    bas, hauts = modele.bas.copy(), modele.hauts.copy()
    bas[: modele.nombre] = hauts[: modele.nombre] = retenus
    return replace(modele, bas=bas, hauts=hauts)
