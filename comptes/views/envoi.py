"""Recevoir plusieurs fichiers à la fois : chacun est reçu, retrouvé ou refusé à part, et son sort est dit."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html

from comptes.actions.documents import Ajout, Description

RECU, RETROUVE, REFUSE = "recu", "retrouve", "refuse"


@dataclass(frozen=True, slots=True)
class Sort:
    """Ce qu’il est advenu d’un fichier, et la phrase qui le dit ; au choix, un lien pour le corriger, et son texte."""

    etat: str
    message: str
    lien: str = ""
    geste: str = ""


def recevoir(
    recus: "Sequence[UploadedFile[Any]]",
    acte: "Callable[[UploadedFile[Any]], Ajout]",
    *,
    suite: str,
    voulue: Description | None = None,
) -> list[Sort]:
    """Fait l’acte pour chaque fichier. `suite` : ce que dit la phrase d’un fichier reçu (« est joint »).

    `voulue` : ce que la personne en a dit. Un fichier déjà là garde sa description : on dit alors laquelle.
    """
    return [_sort(recu, acte, suite, voulue) for recu in recus]


def _sort(
    recu: "UploadedFile[Any]", acte: "Callable[[UploadedFile[Any]], Ajout]", suite: str, voulue: Description | None
) -> Sort:
    try:
        ajout = acte(recu)
    except ValidationError as refus:
        return Sort(REFUSE, " ".join(refus.messages))
    document = ajout.document
    if ajout.est_neuf:
        return Sort(RECU, f"«\u00a0{document.nom}\u00a0» {suite}.")
    deja = f"était déjà dans votre bibliothèque («\u00a0{document}\u00a0», {document.get_nature_display()})"
    if voulue is None:
        return Sort(RETROUVE, f"Ce fichier {deja}\u00a0: il {suite}, sans copie.")
    phrase = f"«\u00a0{recu.name}\u00a0» {deja}. Il n’est pas envoyé de nouveau"
    if (document.nature, document.annee) == (voulue.nature, voulue.annee or document.annee):
        return Sort(RETROUVE, f"{phrase}.")
    return Sort(
        RETROUVE,
        f"{phrase}, et sa description ne change pas.",
        lien=reverse("decrire_un_document", args=[document.pk]),
        geste=f"Changer la nature ou l’année de «\u00a0{document.intitule}\u00a0»",
    )


def veut_du_json(request: HttpRequest) -> bool:
    """Vrai si le script de la page, qui envoie les fichiers un à un, attend la réponse."""
    return "application/json" in request.headers.get("Accept", "")


def en_json(sorts: Sequence[Sort]) -> JsonResponse:
    """Le sort de chaque fichier."""
    return JsonResponse({"sorts": [{cle: valeur for cle, valeur in asdict(sort).items() if valeur} for sort in sorts]})


def erreurs_en_json(form: BaseForm) -> JsonResponse:
    """Les phrases à montrer près de chaque champ. Le script demande ce contrôle avant d’envoyer le moindre fichier."""
    return JsonResponse({"erreurs": {champ: [str(e) for e in erreurs] for champ, erreurs in form.errors.items()}})


def dire(request: HttpRequest, sorts: Sequence[Sort]) -> list[str]:
    """Les fichiers reçus deviennent des messages ; rend les phrases de refus, à montrer près du champ."""
    for sort in sorts:
        if sort.lien:
            messages.success(request, format_html('{} <a href="{}">{}</a>', sort.message, sort.lien, sort.geste))
        elif sort.etat != REFUSE:
            messages.success(request, sort.message)
    return [sort.message for sort in sorts if sort.etat == REFUSE]
