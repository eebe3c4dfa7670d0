"""Les onglets de la fiche d’instruction : chacun lit ce qu’il montre, et rien d’autre."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projets.forms.commentaire import CommentaireForm
from projets.forms.suivi import MessageForm
from projets.rules.differences import differences
from projets.views.instruction.budget import onglet_budget
from projets.views.instruction.lecture import Lecture
from projets.views.instruction.pieces import onglet_pieces
from projets.views.suivi import histoire_du_projet


@dataclass(frozen=True, slots=True)
class Onglet:
    """`nombre` : le champ de `en_instruction` que l’onglet compte à côté de son nom ; vide s’il ne compte rien."""

    cle: str
    libelle: str
    contexte: Callable[[Lecture], dict[str, Any]]
    nombre: str = ""


def _projet(lecture: Lecture) -> dict[str, Any]:
    """La dernière copie figée, et ce qu’elle change de la précédente ; un projet d’un programme voté n’en a pas."""
    depots = list(lecture.projet.depots.order_by("-version")[:2])
    depot = depots[0] if depots else None
    est_un_complement = len(depots) == 2  # noqa: PLR2004 (celle d’avant et la dernière)
    return {
        "depot": depot,
        "contenu": depot.contenu if depot else None,
        "avant": depots[1] if est_un_complement else None,
        "differences": differences(depots[1].contenu, depots[0].contenu) if est_un_complement else [],
    }


def _echanges(lecture: Lecture) -> dict[str, Any]:
    """Les messages avec le porteur, et les notes internes que lui ne lit pas."""
    return {
        "fil_des_messages": list(lecture.projet.messages.select_related("auteur")),
        "form_message": MessageForm(),  # qui lit la fiche instruit le projet
        "commentaires": list(lecture.projet.commentaires.en_fil()),
        "form_de_note": CommentaireForm(lecture.personne, lecture.projet),
        "moi": lecture.personne.pk,
    }


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
        Onglet("budget", "Budget", onglet_budget),
        Onglet("pieces", "Pièces", onglet_pieces, "nombre_de_pieces"),
        Onglet("echanges", "Échanges", _echanges, "nombre_de_messages"),
        Onglet("historique", "Historique", _historique),
    )
}
