"""Contours GeoJSON → polygones du dessin : projection, simplification, place d’une étiquette."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, inf, radians
from typing import Any, TypeAlias

Point: TypeAlias = tuple[float, float]
Anneau: TypeAlias = tuple[Point, ...]  # fermé : le dernier point répète le premier
TOLERANCE = 0.4  # unités du dessin : moins que l’épaisseur d’un contour
PLUS_SIMPLE = 4  # points d’un triangle fermé
BALAYAGES = 28  # horizontales essayées pour placer une étiquette


@dataclass(frozen=True)
class Boite:
    """Rectangle englobant, en unités du dessin."""

    x1: float
    y1: float
    x2: float
    y2: float


def anneaux_geojson(contour: Mapping[str, Any]) -> list[list[Point]]:
    """Tous les anneaux (trous compris) d’un Polygon ou MultiPolygon, en degrés. `ValueError` pour une autre sorte."""
    if contour.get("type") == "Polygon":
        polygones = [contour["coordinates"]]
    elif contour.get("type") == "MultiPolygon":
        polygones = contour["coordinates"]
    else:
        raise ValueError(f"contour de sorte {contour.get('type')!r} : il faut Polygon ou MultiPolygon")
    return [[(float(p[0]), float(p[1])) for p in anneau] for polygone in polygones for anneau in polygone]


def projeter(
    contours: Sequence[Sequence[Sequence[Point]]], largeur: float, marge: float
) -> tuple[list[list[Anneau]], float]:
    """Place tous les contours dans `largeur` ; rend les anneaux simplifiés de chacun, et la hauteur.

    Plate carrée corrigée de cos φ à la latitude moyenne : assez fidèle à l’échelle d’un département.
    """
    points = [point for anneaux in contours for anneau in anneaux for point in anneau]
    if not points:
        return [[] for _ in contours], 2 * marge
    latitudes = [latitude for _, latitude in points]
    serre = cos(radians((min(latitudes) + max(latitudes)) / 2))
    ouest, nord = min(longitude for longitude, _ in points), max(latitudes)
    etendue = (max(longitude for longitude, _ in points) - ouest) * serre or 1.0
    echelle = (largeur - 2 * marge) / etendue

    def place(point: Point) -> Point:
        return marge + (point[0] - ouest) * serre * echelle, marge + (nord - point[1]) * echelle

    places = [[simplifier(tuple(map(place, anneau))) for anneau in anneaux] for anneaux in contours]
    return places, 2 * marge + (nord - min(latitudes)) * echelle


def simplifier(anneau: Anneau, tolerance: float = TOLERANCE) -> Anneau:
    """Douglas-Peucker sur un anneau fermé, coupé en deux à son point le plus lointain."""
    if len(anneau) <= PLUS_SIMPLE:
        return anneau
    depart = anneau[0]
    loin = max(range(len(anneau)), key=lambda rang: hypot(anneau[rang][0] - depart[0], anneau[rang][1] - depart[1]))
    gardes = {0, loin, len(anneau) - 1}
    pile = [(0, loin), (loin, len(anneau) - 1)]
    while pile:
        debut, fin = pile.pop()
        ecarts = [(_distance(anneau[rang], anneau[debut], anneau[fin]), rang) for rang in range(debut + 1, fin)]
        if ecarts and max(ecarts)[0] > tolerance:
            rang = max(ecarts)[1]
            gardes.add(rang)
            pile += [(debut, rang), (rang, fin)]
    return tuple(anneau[rang] for rang in sorted(gardes))


def _distance(point: Point, debut: Point, fin: Point) -> float:
    """Distance d’un point à un segment."""
    dx, dy = fin[0] - debut[0], fin[1] - debut[1]
    carre = dx * dx + dy * dy
    if not carre:
        return hypot(point[0] - debut[0], point[1] - debut[1])
    t = max(0.0, min(1.0, ((point[0] - debut[0]) * dx + (point[1] - debut[1]) * dy) / carre))
    return hypot(point[0] - debut[0] - t * dx, point[1] - debut[1] - t * dy)


def trace(anneaux: Sequence[Anneau]) -> str:
    """Attribut `d` au dixième d’unité."""
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in anneau[:-1]) + "Z" for anneau in anneaux)


def boite(anneaux: Sequence[Anneau]) -> Boite:
    """Rectangle englobant ; `ValueError` s’il n’y a aucun point."""
    xs = [x for anneau in anneaux for x, _ in anneau]
    ys = [y for anneau in anneaux for _, y in anneau]
    return Boite(min(xs), min(ys), max(xs), max(ys))


def traversees(anneaux: Sequence[Anneau], y: float) -> list[tuple[float, float]]:
    """Intervalles intérieurs de l’horizontale à cette hauteur, de gauche à droite (règle pair-impair)."""
    croisements = sorted(
        debut[0] + (y - debut[1]) * (fin[0] - debut[0]) / (fin[1] - debut[1])
        for anneau in anneaux
        for debut, fin in pairwise(anneau)
        if (debut[1] <= y) != (fin[1] <= y)
    )
    return list(zip(croisements[::2], croisements[1::2], strict=True))


def place_etiquette(anneaux: Sequence[Anneau], hauteur: float) -> tuple[Point, float]:
    """Milieu et largeur libre du meilleur bandeau horizontal de cette hauteur à l’intérieur du contour.

    On cherche large, mais près du milieu : une étiquette collée à un bord se lit comme celle du voisin.
    """
    cadre = boite(anneaux)
    centre = (cadre.y1 + cadre.y2) / 2
    meilleur, retenu = -inf, (((cadre.x1 + cadre.x2) / 2, centre), 0.0)
    for rang in range(1, BALAYAGES):
        y = cadre.y1 + (cadre.y2 - cadre.y1) * rang / BALAYAGES
        gauche, droite = _bandeau(anneaux, y, hauteur)
        note = droite - gauche - 0.45 * abs(y - centre)
        if note > meilleur:
            meilleur, retenu = note, (((gauche + droite) / 2, y), max(droite - gauche, 0.0))
    return retenu


def _bandeau(anneaux: Sequence[Anneau], y: float, hauteur: float) -> tuple[float, float]:
    """Le plus large intervalle commun à trois horizontales du bandeau."""
    milieux = traversees(anneaux, y)
    if not milieux:
        return 0.0, 0.0
    gauche, droite = max(milieux, key=lambda t: t[1] - t[0])
    for autre in (y - hauteur / 2, y + hauteur / 2):
        communs = [(max(a, gauche), min(b, droite)) for a, b in traversees(anneaux, autre)]
        gauche, droite = max(communs, key=lambda t: t[1] - t[0], default=(0.0, 0.0))
    return gauche, droite
