"""Ce qu’une saisie d’arbitrage fait des montants d’un projet. Tout est en centimes, par année."""

from collections.abc import Mapping
from dataclasses import dataclass

Montants = Mapping[int, int]
EURO = 100
CENT_POUR_CENT = 10_000  # en centièmes de %


class SaisieRefusee(ValueError):
    """Un montant impossible ; `annee` : celle du champ en faute. Le message se montre tel quel."""

    def __init__(self, annee: int, message: str) -> None:
        super().__init__(message)
        self.annee = annee


@dataclass(frozen=True, slots=True)
class Bornes:
    """Ce que le projet demande et ce que l’instruction propose, en centimes par année.

    `proposes` est vide si aucun avis n’est rendu.
    """

    demandes: Montants
    proposes: Montants


def verifier(montants: Montants, demandes: Montants) -> None:
    """Lève `SaisieRefusee` pour un montant négatif, au-delà de ce que le projet demande, ou d’une autre année."""
    for annee, montant in montants.items():
        if annee not in demandes:
            raise SaisieRefusee(annee, f"Ce projet ne demande rien en {annee}.")
        if montant < 0:
            raise SaisieRefusee(annee, "Un montant n’est pas négatif.")
        if montant > demandes[annee]:
            raise SaisieRefusee(annee, "Ce montant dépasse ce que le projet demande cette année-là.")


def a_l_euro(centimes: int) -> int:
    """Arrondi à l’euro inférieur : une baisse ne rend jamais un euro de plus que calculé."""
    return centimes - centimes % EURO


def varier(montants: Montants, centiemes: int, bornes: Bornes) -> dict[int, int]:
    """Chaque montant × (100 % + `centiemes`), à l’euro inférieur, entre zéro et le demandé. −3 % s’écrit −300."""
    return {
        annee: min(max(a_l_euro(montant * (CENT_POUR_CENT + centiemes) // CENT_POUR_CENT), 0), bornes.demandes[annee])
        for annee, montant in montants.items()
    }


def plafonner(montants: Montants, plafond: int) -> dict[int, int]:
    """Aucune année au-delà de `plafond` (centimes)."""
    return {annee: min(montant, plafond) for annee, montant in montants.items()}


def au_propose(bornes: Bornes) -> dict[int, int]:
    """Ce que l’instruction propose ; zéro là où elle ne propose rien."""
    return {annee: bornes.proposes.get(annee, 0) for annee in bornes.demandes}


def au_demande(bornes: Bornes) -> dict[int, int]:
    """Ce que le projet demande."""
    return dict(bornes.demandes)
