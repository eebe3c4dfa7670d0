"""Ce qu’une sélection rend : les montants, leur valeur exacte, ce qui prouve qu’on ne fait pas mieux."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from financements.rules.selection.probleme import EURO, Candidat, Probleme
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


def valeur(probleme: Probleme, montants: Montants) -> Fraction:
    """La valeur exacte d’une sélection, en points."""
    return sum(
        (
            gain.de(sum(montants[candidat.cle].values()) // EURO)
            for candidat, gain in zip(probleme.candidats, probleme.valeurs, strict=True)
            if candidat.cle in montants
        ),
        Fraction(0),
    )


@dataclass(frozen=True, slots=True)
class Solution:
    """Une sélection et sa valeur exacte, en points (voir `valeurs`)."""

    montants: Montants
    valeur: Fraction
