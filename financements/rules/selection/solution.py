"""Ce qu’une sélection rend : les montants, leur valeur exacte, ce qui prouve qu’on ne fait pas mieux."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from financements.rules.selection.probleme import EURO, Candidat, Objectif, Ponderation, Probleme
from territoires.rules.plus_forts_restes import repartir

Montants = Mapping[str, Mapping[int, int]]
"""Projet retenu → année → centimes. Un projet absent n’est pas retenu."""


class Statut(StrEnum):
    """Comment la recherche s’est finie."""

    OPTIMAL = "optimal"
    ARRETE = "arrete"
    INFAISABLE = "infaisable"
    SANS_REPONSE = "sans_reponse"


def parts_d_un_montant(candidat: Candidat, centimes: int) -> dict[str, int]:
    """Ce que chaque territoire paie d’un montant, en centimes, aux plus forts restes."""
    if len(candidat.parts) == 1:
        return dict.fromkeys(candidat.parts, centimes)
    return repartir(centimes, candidat.parts)


@dataclass(frozen=True, slots=True)
class Valeur:
    """Ce qu’un candidat retenu apporte : des points d’office, et des points par euro reçu."""

    acquise: Fraction
    par_euro: Fraction

    def de(self, euros: int) -> Fraction:
        """En points, s’il est retenu et reçoit ces euros sur toute sa durée."""
        return self.acquise + self.par_euro * euros


def valeurs(probleme: Probleme) -> list[Valeur]:
    """Ce que vaut chaque candidat, dans leur ordre (docs/adr/0013).

    La note est en points. Par euro, un euro vaut la note du projet rapportée à la demande moyenne : un projet moyen
    entièrement financé vaut sa note. Par projet, la note vaut un ; `part_montant` en dépend du taux de financement,
    comme pour les allocataires, que l’on ramène à l’échelle des notes (tous les allocataires valent toutes les notes).
    """
    candidats, objectif = probleme.candidats, probleme.objectif
    demande = sum(candidat.maximum for candidat in candidats)
    par_euro = objectif.ponderation is Ponderation.EURO and demande > 0
    moyenne = Fraction(demande, len(candidats)) if par_euro else Fraction(1)
    notes = sum(candidat.note * (candidat.maximum if par_euro else 1) for candidat in candidats) / (100 * moyenne)
    allocataires = sum(candidat.allocataires for candidat in candidats)
    par_allocataire = notes / allocataires if allocataires and notes else Fraction(1)
    part = Fraction(objectif.part_note, 100)
    toutes = []
    for candidat in candidats:
        note = part * Fraction(candidat.note, 100)
        par_projet = (1 - part) * par_allocataire * candidat.allocataires + (0 if par_euro else note)
        valeur = _selon_le_taux(objectif, candidat, par_projet)
        toutes.append(Valeur(valeur.acquise, valeur.par_euro + (note / moyenne if par_euro else 0)))
    return toutes


def _selon_le_taux(objectif: Objectif, candidat: Candidat, pleine: Fraction) -> Valeur:
    """La valeur d’un projet entièrement financé, dont `part_montant` dépend du taux de financement."""
    if not candidat.maximum:
        return Valeur(pleine, Fraction(0))
    variable = pleine * objectif.part_montant / 100
    return Valeur(pleine - variable, variable / candidat.maximum)


def valeur(probleme: Probleme, montants: Montants) -> Fraction:
    """La valeur exacte d’une sélection, en points."""
    return sum(
        (
            gain.de(sum(montants[candidat.cle].values()) // EURO)
            for candidat, gain in zip(probleme.candidats, valeurs(probleme), strict=True)
            if candidat.cle in montants
        ),
        Fraction(0),
    )


@dataclass(frozen=True, slots=True)
class Solution:
    """Une sélection et sa valeur exacte, en points (voir `valeurs`)."""

    montants: Montants
    valeur: Fraction
