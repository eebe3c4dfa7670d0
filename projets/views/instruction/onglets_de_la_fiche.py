"""Les onglets de la fiche d’instruction : chacun lit ce qu’il montre, et rien d’autre."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from comptes.models import Personne
from projets.models import Projet
from projets.views.suivi import echanges_du_projet, histoire_du_projet


@dataclass(frozen=True, slots=True)
class Lecture:
    """Qui lit quel projet, et ce que l’adresse demande de plus."""

    personne: Personne
    projet: Projet
    parametres: QueryDict


@dataclass(frozen=True, slots=True)
class Onglet:
    """`nombre` : le champ de `en_instruction` que l’onglet compte à côté de son nom ; vide s’il ne compte rien."""

    cle: str
    libelle: str
    contexte: Callable[[Lecture], dict[str, Any]]
    nombre: str = ""


def _projet(lecture: Lecture) -> dict[str, Any]:
    """La dernière copie figée ; un projet repris d’un programme voté n’en a pas."""
    depot = lecture.projet.depots.last()
    return {"depot": depot, "contenu": depot.contenu if depot else None}


def _pieces(lecture: Lecture) -> dict[str, Any]:
    """Celles de la dernière copie figée : ce que le porteur en change ensuite ne se voit pas avant d’être rendu."""
    depot = lecture.projet.depots.last()
    return {"depot": depot, "pieces": depot.pieces_deposees if depot else []}


def _echanges(lecture: Lecture) -> dict[str, Any]:
    return echanges_du_projet(lecture.personne, lecture.projet)


def _historique(lecture: Lecture) -> dict[str, Any]:
    return {
        "depots": list(lecture.projet.depots.select_related("recepisse").defer("contenu")),
        "histoire": histoire_du_projet(lecture.projet),
        "rejet_le": None,  # le bandeau le dit déjà
    }


ONGLETS = {
    onglet.cle: onglet
    for onglet in (
        Onglet("projet", "Projet", _projet),
        Onglet("budget", "Budget", lambda _: {}),
        Onglet("pieces", "Pièces", _pieces, "nombre_de_pieces"),
        Onglet("echanges", "Échanges", _echanges, "nombre_de_messages"),
        Onglet("historique", "Historique", _historique),
    )
}
