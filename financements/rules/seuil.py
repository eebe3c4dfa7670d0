"""Quand une convention est obligatoire (loi 2000-321, art. 10). Ni ORM ni Django.

Au-dessus du seuil, l’autorité qui aide un organisme de droit privé conclut une convention avec lui. Le seuil se juge
par organisme et par an, toutes les aides du département additionnées, quel que soit l’appel. Une personne publique n’y
est pas tenue : l’usage en fait une, elle reste facultative.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seuil:
    """`depuis` : première année où il vaut ; `centimes` : le montant annuel qu’il faut dépasser."""

    depuis: int
    centimes: int
    source: str


# Du plus ancien au plus récent. Un seuil nouveau s’ajoute : ceux d’avant jugent encore leurs années.
SEUILS = (Seuil(2001, 2_300_000, "décret n° 2001-495 du 6 juin 2001, art. 1er"),)


@dataclass(frozen=True, slots=True)
class Obligation:
    """Ce que la loi demande d’une action. `cumuls` : année → centimes que le département verse à son organisme.

    `annees` : celles où l’action reçoit une aide et où le cumul dépasse le seuil ; vide pour une personne publique.
    """

    cumuls: Mapping[int, int]
    annees: tuple[int, ...]
    est_publique: bool = False

    @property
    def est_obligatoire(self) -> bool:
        """Une année au moins dépasse le seuil."""
        return bool(self.annees)


def seuil_de(annee: int) -> Seuil | None:
    """Le seuil en vigueur cette année-là, None s’il n’y en avait pas."""
    en_vigueur = [seuil for seuil in SEUILS if seuil.depuis <= annee]
    return en_vigueur[-1] if en_vigueur else None


def depasse(annee: int, centimes: int) -> bool:
    """Vrai si ce cumul annuel oblige : strictement au-dessus du seuil."""
    seuil = seuil_de(annee)
    return seuil is not None and centimes > seuil.centimes


def juger(cumuls: Mapping[int, int], annees_aidees: Collection[int], *, est_publique: bool) -> Obligation:
    """`cumuls` : année → centimes, toutes aides de l’organisme ; `annees_aidees` : celles où l’action reçoit."""
    obligent = (annee for annee in sorted(annees_aidees) if depasse(annee, cumuls.get(annee, 0)))
    return Obligation(dict(cumuls), () if est_publique else tuple(obligent), est_publique)
