"""Des problèmes de sélection au hasard, et leur réponse par la force brute."""

import random
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from financements.rules.selection import (
    Candidat,
    Choix,
    Exercice,
    Objectif,
    Plancher,
    Ponderation,
    Probleme,
    Solution,
    valeur,
    verifier,
)
from territoires.rules.plus_forts_restes import repartir

ANNEES = (2017, 2018)
CODES = ("DOU", "VAL", "CAM")
EURO = 100
LARGEUR = 2  # euros entre minimum et maximum : la force brute les essaie tous


def problemes(nombre, largeur=0):
    """Des enveloppes serrées, parfois contradictoires. Tirés d’une graine : réduire un cas n’apprend rien ici."""
    return st.integers(0, 2**32).map(lambda graine: _probleme(random.Random(graine), nombre, largeur))  # noqa: S311


def _probleme(sort, nombre, largeur):
    def bornes(cles, minimum, maximum, une_fois_sur=1):
        return {cle: sort.randint(minimum, maximum) for cle in cles if sort.randint(1, une_fois_sur) == 1}

    territoires = [(code, annee) for code in CODES for annee in ANNEES] if sort.random() < 0.6 else []
    axes = [(axe, annee) for axe in (1, 2) for annee in ANNEES]
    return Probleme(
        annees=ANNEES,
        candidats=tuple(_candidat(sort, rang, largeur) for rang in range(sort.randint(1, nombre))),
        territoires=bornes(territoires, 15_00, 120_00),
        axes=bornes(axes, 20_00, 90_00, 4),
        credits=bornes(ANNEES, 30_00, 150_00, 2),
        part_professionnelle=bornes(ANNEES, 1, 7_000, 3),
        planchers={
            code: Plancher(sort.randint(0, 15_00), sort.randint(0, 1)) for code in CODES if sort.random() < 0.12
        },
        objectif=Objectif(sort.choice([0, 40, 100]), sort.choice(list(Ponderation)), sort.choice([0, 10])),
    )


def _candidat(sort, rang, largeur):
    codes = sort.sample(CODES, sort.choice([1, 1, 2, 3]))
    return Candidat(
        cle=f"P{rang}",
        note=sort.randint(0, 10_000),
        allocataires=sort.randint(0, 50),
        exercices=_exercices(sort, largeur),
        parts=repartir(10_000, {code: sort.randint(1, 7) for code in codes}),
        axe=sort.randint(1, 2),
        est_professionnel=sort.random() < 0.6,
        choix=sort.choice([Choix.LIBRE] * 12 + [Choix.RETENU, Choix.ECARTE]),
    )


def _exercices(sort, largeur):
    """Une ou deux années, de 1 à 42 € ; les bornes ne sont pas toujours des euros entiers."""
    tires = {}
    for annee in sort.choice([(2017,), (2018,), ANNEES]):
        minimum = sort.randint(1, 40) * EURO - sort.choice([0, 0, 0, 37])
        tires[annee] = Exercice(minimum, minimum + sort.randint(0, largeur * EURO) + sort.choice([0, 37]))
    return tires


def force_brute(probleme) -> Fraction | None:
    """La plus grande valeur d’une sélection qui tient tout ; None s’il n’y en a pas."""
    valeurs = [
        valeur(probleme, montants)
        for montants in _toutes(probleme.candidats)
        if not verifier(probleme, Solution(montants, Fraction(0)))
    ]
    return max(valeurs, default=None)


def _toutes(tous):
    for retenus in product(*(_choix(candidat) for candidat in tous)):
        yield {c.cle: montants for c, montants in zip(tous, retenus, strict=True) if montants is not None}


def _choix(candidat):
    """None (pas retenu), puis chaque jeu de montants en euros entiers."""
    annees = list(candidat.exercices)
    plages = [range(e.bornes[0] * EURO, e.bornes[1] * EURO + 1, EURO) for e in candidat.exercices.values()]
    return [None, *(dict(zip(annees, euros, strict=True)) for euros in product(*plages))]
