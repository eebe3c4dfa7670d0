"""Recevoir plusieurs fichiers à la fois : chacun est reçu, retrouvé ou refusé à part, et son sort est dit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse

from comptes.actions.documents import Ajout

RECU, RETROUVE, REFUSE = "recu", "retrouve", "refuse"


@dataclass(frozen=True, slots=True)
class Sort:
    """Ce qu’il est advenu d’un fichier, et la phrase qui le dit."""

    etat: str
    message: str


def recevoir(
    recus: "Sequence[UploadedFile[Any]]", acte: "Callable[[UploadedFile[Any]], Ajout]", *, suite: str
) -> list[Sort]:
    """Fait l’acte pour chaque fichier. `suite` : ce que dit la phrase d’un fichier reçu (« est joint »)."""
    return [_sort(recu, acte, suite) for recu in recus]


def _sort(recu: "UploadedFile[Any]", acte: "Callable[[UploadedFile[Any]], Ajout]", suite: str) -> Sort:
    try:
        ajout = acte(recu)
    except ValidationError as refus:
        return Sort(REFUSE, " ".join(refus.messages))
    document = ajout.document
    if ajout.est_neuf:
        return Sort(RECU, f"«\u00a0{document.nom}\u00a0» {suite}.")
    return Sort(
        RETROUVE,
        f"Ce fichier était déjà dans votre bibliothèque («\u00a0{document}\u00a0»)\u00a0: il {suite}, sans copie.",
    )


def veut_du_json(request: HttpRequest) -> bool:
    """Vrai si le script de la page, qui envoie les fichiers un à un, attend la réponse."""
    return "application/json" in request.headers.get("Accept", "")


def en_json(sorts: Sequence[Sort]) -> JsonResponse:
    """Le sort de chaque fichier."""
    return JsonResponse({"sorts": [{"etat": sort.etat, "message": sort.message} for sort in sorts]})


def dire(request: HttpRequest, sorts: Sequence[Sort]) -> list[str]:
    """Les fichiers reçus deviennent des messages ; rend les phrases de refus, à montrer près du champ."""
    for sort in sorts:
        if sort.etat != REFUSE:
            messages.success(request, sort.message)
    return [sort.message for sort in sorts if sort.etat == REFUSE]
