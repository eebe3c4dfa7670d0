"""Ce qu’une sélection prend au-delà de ses enveloppes : la règle de l’adoption et du vote. Ni ORM ni Django."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

Cellules = Mapping[tuple[str, int, int], int]  # (code du territoire, année, numéro de l’axe) → centimes
Depassement = tuple[str, str | int, int, int]  # « territoire », « axe » ou « année », sa clé, année, centimes de trop


@dataclass(frozen=True, slots=True)
class Limites:
    """Centimes. Un territoire ou une année absents n’ont droit à rien ; un axe absent n’est pas borné."""

    territoires: Mapping[tuple[str, int], int]
    axes: Mapping[tuple[int, int], int]
    annees: Mapping[int, int]


def depassements(cellules: Cellules, limites: Limites) -> list[Depassement]:
    """Chaque enveloppe dépassée, territoires puis axes puis années, dans l’ordre des clés ; vide si tout tient."""
    territoires: dict[tuple[str, int], int] = defaultdict(int)
    axes: dict[tuple[int, int], int] = defaultdict(int)
    annees: dict[int, int] = defaultdict(int)
    for (code, annee, axe), centimes in cellules.items():
        territoires[code, annee] += centimes
        axes[axe, annee] += centimes
        annees[annee] += centimes
    trop: list[Depassement] = [
        ("territoire", code, annee, somme - limites.territoires.get((code, annee), 0))
        for (code, annee), somme in sorted(territoires.items())
    ]
    trop += [
        ("axe", axe, annee, somme - limites.axes.get((axe, annee), somme))
        for (axe, annee), somme in sorted(axes.items())
    ]
    trop += [("année", annee, annee, somme - limites.annees.get(annee, 0)) for annee, somme in sorted(annees.items())]
    return [depassement for depassement in trop if depassement[3] > 0]
