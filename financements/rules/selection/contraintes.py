"""Ce qui borne une sélection : des lignes linéaires entières, que le modèle et les explications partagent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from financements.rules.selection.probleme import ENTIER, EURO, Candidat, Probleme


class Sorte(StrEnum):
    """Ce qu’une contrainte borne."""

    TERRITOIRE = "territoire"
    AXE = "axe"
    CREDITS = "credits"
    PART_PROFESSIONNELLE = "part_professionnelle"
    PLANCHER_MONTANT = "plancher_montant"
    PLANCHER_NOMBRE = "plancher_nombre"
    RETENU = "retenu"
    ECARTE = "ecarte"
    MONTANT = "montant"


class Repere(NamedTuple):
    """Laquelle : un territoire, un axe, une année ou un projet, selon la sorte ; vide ou 0 pour le reste."""

    sorte: Sorte
    annee: int = 0
    territoire: str = ""
    axe: int = 0
    projet: str = ""


# Tout montant se compte en dix-millièmes d’euro : une part d’un centième de % d’un euro y est entière.
DIX_MILLIEMES_PAR_CENTIME = ENTIER // EURO


@dataclass(slots=True)
class Ligne:
    """Σ coefficient × montant en euros + Σ nombre × (1 si retenu) ≤ borne (≥ si `est_un_plancher`).

    `montants` : (rang du candidat, année, coefficient) ; la borne est en dix-millièmes d’euro. Une ligne de nombre
    n’a que `nombres` (rang du candidat) et sa borne est un nombre de projets.
    """

    repere: Repere
    borne: int
    est_un_plancher: bool = False
    montants: list[tuple[int, int, int]] = field(default_factory=list)
    nombres: list[int] = field(default_factory=list)


def lignes(probleme: Probleme) -> list[Ligne]:
    """Les contraintes du problème, hors choix forcés et bornes des montants, dans un ordre qui ne change pas."""
    par_repere = {ligne.repere: ligne for ligne in _bornes(probleme)}
    for rang, candidat in enumerate(probleme.candidats):
        for annee in candidat.exercices:
            for repere, coefficient in _consommations(probleme, candidat, annee):
                if ligne := par_repere.get(repere):
                    ligne.montants.append((rang, annee, coefficient))
        for code in candidat.parts:
            if ligne := par_repere.get(Repere(Sorte.PLANCHER_NOMBRE, territoire=code)):
                ligne.nombres.append(rang)
    return list(par_repere.values())


def plafonds(probleme: Probleme) -> dict[Repere, int]:
    """Ce qui ne se dépasse pas, en centimes."""
    bornes = {Repere(Sorte.TERRITOIRE, annee=a, territoire=code): e for (code, a), e in probleme.territoires.items()}
    bornes |= {Repere(Sorte.AXE, annee=a, axe=axe): e for (axe, a), e in probleme.axes.items()}
    return bornes | {Repere(Sorte.CREDITS, annee=a): e for a, e in probleme.credits.items()}


def _bornes(probleme: Probleme) -> list[Ligne]:
    toutes = [Ligne(repere, DIX_MILLIEMES_PAR_CENTIME * plafond) for repere, plafond in plafonds(probleme).items()]
    toutes += [
        Ligne(Repere(Sorte.PART_PROFESSIONNELLE, annee=a), 0, est_un_plancher=True)
        for a, part in probleme.part_professionnelle.items()
        if part
    ]
    for code, plancher in probleme.planchers.items():
        montant = DIX_MILLIEMES_PAR_CENTIME * plancher.montant
        if montant:
            toutes.append(Ligne(Repere(Sorte.PLANCHER_MONTANT, territoire=code), montant, est_un_plancher=True))
        if plancher.nombre:
            toutes.append(Ligne(Repere(Sorte.PLANCHER_NOMBRE, territoire=code), plancher.nombre, est_un_plancher=True))
    return toutes


def _consommations(probleme: Probleme, candidat: Candidat, annee: int) -> Iterator[tuple[Repere, int]]:
    """Ce qu’un euro de ce candidat, cette année-là, prend à chaque ligne, en dix-millièmes d’euro."""
    for code, part in candidat.parts.items():
        yield Repere(Sorte.TERRITOIRE, annee=annee, territoire=code), part
        yield Repere(Sorte.PLANCHER_MONTANT, territoire=code), part
    yield Repere(Sorte.AXE, annee=annee, axe=candidat.axe), ENTIER
    yield Repere(Sorte.CREDITS, annee=annee), ENTIER
    minimale = probleme.part_professionnelle.get(annee, 0)
    yield (
        Repere(Sorte.PART_PROFESSIONNELLE, annee=annee),
        ENTIER - minimale if candidat.est_professionnel else -minimale,
    )
