"""Les notes de deux instructeurs : autour du niveau d’un projet, sans que leurs totaux se contredisent."""

from collections.abc import Sequence
from random import Random

from financements.demonstration.arbitrage.reglages import ECART_DE_TROISIEME_AVIS, NOTATIONS_ATTENDUES

MAXIMUM = 5  # de chaque critère
PAR_NOTE = 100 // MAXIMUM
MAINS = (-3, 3)  # le premier est d’habitude un peu plus sévère
DISPERSION = 13  # écart type d’une note autour du niveau, points sur 100
TOTAUX = (35, 95)  # bornes
ESSAIS = 40


def tirer_les_notes(alea: Random, niveau: int, poids: Sequence[int]) -> list[list[int]]:
    """Une note par critère et par instructeur. `niveau` : le total visé, sur 100 ; `poids` en pour cent, somme 100."""
    for _ in range(ESSAIS):
        notes = [[_note(alea, niveau + main) for _ in poids] for main in MAINS[:NOTATIONS_ATTENDUES]]
        totaux = [sum(note * part for note, part in zip(siennes, poids, strict=True)) / MAXIMUM for siennes in notes]
        bas, haut = min(totaux), max(totaux)
        if TOTAUX[0] <= bas and haut <= TOTAUX[1] and haut - bas <= ECART_DE_TROISIEME_AVIS:
            return notes
    return [[round(niveau / PAR_NOTE)] * len(poids)] * NOTATIONS_ATTENDUES


def _note(alea: Random, niveau: int) -> int:
    return min(max(round(alea.gauss(niveau, DISPERSION) / PAR_NOTE), 0), MAXIMUM)
