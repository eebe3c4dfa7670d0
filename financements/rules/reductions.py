"""Réduire une aide : d’abord ce qui n’est pas versé, année par année ; au-delà, l’organisme rend. Centimes entiers."""

from collections.abc import Mapping, Sequence


def reduire(
    tranches: Mapping[int, int], verses: Mapping[int, int], annees: Sequence[int], retenu: int
) -> tuple[dict[int, int], int]:
    """Les tranches (année → centimes) une fois `retenu` ôté, dans l’ordre de `annees`, et ce qui reste à rendre.

    Aucune tranche ne descend sous ce qui est versé. Lève `ValueError` si `retenu` dépasse ces tranches.
    """
    if retenu > sum(tranches[annee] for annee in annees):
        raise ValueError("On ne réduit pas plus que ce qui est attribué.")
    apres, reste = dict(tranches), retenu
    for annee in annees:
        ote = min(reste, apres[annee] - verses.get(annee, 0))
        apres[annee] -= ote
        reste -= ote
    return apres, reste
