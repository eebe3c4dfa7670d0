"""Ce qu’un vote attribue : des centimes par année et par territoire, et ce qui dépasserait. Ni ORM ni Django."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribution:
    """Un projet retenu : `montants` (centimes par année), `parts` (centimes par année et territoire), son axe."""

    axe: int
    montants: Mapping[int, int]
    parts: Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Limites:
    """Centimes. Un territoire ou une année absents n’ont droit à rien ; un axe absent n’est pas borné."""

    territoires: Mapping[tuple[str, int], int]
    axes: Mapping[tuple[int, int], int]
    annees: Mapping[int, int]


def depassements(attributions: Iterable[Attribution], limites: Limites) -> list[tuple[str, str | int, int, int]]:
    """(« territoire », « axe » ou « année », sa clé, année, centimes de trop), dans l’ordre ; vide si tout tient."""
    territoires: dict[tuple[str, int], int] = defaultdict(int)
    axes: dict[tuple[int, int], int] = defaultdict(int)
    annees: dict[int, int] = defaultdict(int)
    for une in attributions:
        for annee, montant in une.montants.items():
            axes[une.axe, annee] += montant
            annees[annee] += montant
            for code, centimes in une.parts[annee].items():
                territoires[code, annee] += centimes
    trop: list[tuple[str, str | int, int, int]] = [
        ("territoire", code, annee, somme - limites.territoires.get((code, annee), 0))
        for (code, annee), somme in sorted(territoires.items())
        if somme > limites.territoires.get((code, annee), 0)
    ]
    trop += [
        ("axe", axe, annee, somme - limites.axes[axe, annee])
        for (axe, annee), somme in sorted(axes.items())
        if somme > limites.axes.get((axe, annee), somme)
    ]
    trop += [
        ("année", annee, annee, somme - limites.annees.get(annee, 0))
        for annee, somme in sorted(annees.items())
        if somme > limites.annees.get(annee, 0)
    ]
    return trop
