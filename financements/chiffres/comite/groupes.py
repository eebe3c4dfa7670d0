"""Les points d’une séance par axe et territoire, avec ce que le scénario y retient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from financements.states import Choix


@dataclass
class Groupe:
    """`retenu` : centimes retenus par année, dans l’ordre des années."""

    cle: tuple[int, str]
    titre: str
    points: list[dict[str, Any]] = field(default_factory=list)
    retenu: list[int] = field(default_factory=list)


def groupes_des_points(points: Sequence[dict[str, Any]], annees: Sequence[int]) -> list[Groupe]:
    """Les points de suite qui ont le même axe et le même territoire."""
    groupes: list[Groupe] = []
    for point in points:
        cle = (point["axe"], point["territoire"])
        if not groupes or groupes[-1].cle != cle:
            titre = f"Axe {point['axe']}, {point['axe_intitule']}, {point['territoire']}"
            groupes.append(Groupe(cle, titre, retenu=[0] * len(annees)))
        groupe = groupes[-1]
        groupe.points.append(point)
        if point["choix"] == Choix.RETENU:
            for rang, annee in enumerate(annees):
                groupe.retenu[rang] += point["montants"].get(str(annee), 0)
    return groupes
