"""La recevabilité : ce qu’un appel vérifie par défaut, et ce qui empêche de déclarer un projet recevable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from projets.rules.attestations import CER_DEPUIS

OUI, NON, SANS_OBJET = "oui", "non", "sans_objet"


@dataclass(frozen=True, slots=True)
class PointPropose:
    """Un point que l’on propose à un appel neuf."""

    intitule: str
    aide: str


_POINTS = (
    PointPropose("Délai", "Le projet est déposé avant la clôture, prolongation comprise."),
    PointPropose("Complétude", "Chaque pièce obligatoire est jointe, lisible et à jour."),
    PointPropose("Éligibilité du porteur", "L’organisme est de ceux à qui l’appel s’adresse."),
    PointPropose("Éligibilité du public", "Le projet accompagne le public que vise l’appel."),
    PointPropose("Éligibilité du territoire", "L’action se déroule sur un territoire de l’appel."),
    PointPropose("Éligibilité de l’axe", "L’action répond à l’axe choisi."),
    PointPropose("Budget équilibré", "Charges et produits sont égaux chaque année, et les montants se justifient."),
)
_ENGAGEMENT = PointPropose(
    "Contrat d’engagement républicain",
    "L’association l’a souscrit\u00a0; sans objet pour les autres organismes (loi n° 2000-321, art. 10-1).",
)


def points_proposes(ouverture: date) -> tuple[PointPropose, ...]:
    """Ceux d’un appel qui ouvre ce jour-là ; le contrat d’engagement républicain vaut depuis le 2 janvier 2022."""
    return (*_POINTS, _ENGAGEMENT) if ouverture >= CER_DEPUIS else _POINTS


@dataclass(frozen=True, slots=True)
class PointControle:
    """Un point de l’appel et la réponse qu’il a reçue pour un projet ; vide sans réponse."""

    intitule: str
    est_obligatoire: bool
    reponse: str


def obstacles(points: Iterable[PointControle]) -> list[str]:
    """Ce qui empêche de déclarer recevable : un point sans réponse alors qu’il en faut une, ou une réponse « non »."""
    trouves = []
    for point in points:
        if point.reponse == NON:
            trouves.append(f"«\u00a0{point.intitule}\u00a0» a pour réponse «\u00a0non\u00a0»")
        elif point.est_obligatoire and not point.reponse:
            trouves.append(f"«\u00a0{point.intitule}\u00a0» n’a pas de réponse")
    return trouves
