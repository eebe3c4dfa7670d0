"""Ce que partagent les pages d’échanges : le fil, le nom d’un fichier, sa réponse."""

from decimal import Decimal
from typing import BinaryIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from config.socle.montants import format_euros, format_nombre
from projets.models import AppelAProjets

FAUTES_MONTREES = 200


def fil_des_echanges(appel: AppelAProjets) -> list[tuple[str, str]]:
    """Le fil d’Ariane jusqu’aux échanges."""
    return [
        (appel.intitule, reverse("financements:credits", args=[appel.slug])),
        ("Échanges", reverse("financements:echanges", args=[appel.slug])),
    ]


def fil_du_progiciel(appel: AppelAProjets) -> list[tuple[str, str]]:
    """Le fil d’Ariane jusqu’au progiciel financier."""
    return [*fil_des_echanges(appel), ("Progiciel financier", reverse("financements:progiciel", args=[appel.slug]))]


def dire_que_tout_a_change(
    request: HttpRequest, nombre: int, montant: Decimal | None = None, sujet: str = "Le programme"
) -> None:
    """Un fichier n’a jamais d’autres lignes que celles qu’on a annoncées : la page annonce de nouveau."""
    quoi = f"{format_nombre(nombre)} {'lignes' if nombre > 1 else 'ligne'}"
    if montant is not None:
        quoi += f" et {format_euros(montant)}"
    phrase = f"{sujet} vient de changer\u00a0: le fichier aurait {quoi}. Vérifiez, puis redemandez-le."
    messages.warning(request, phrase)


def fichier_a_emporter(fichier: BinaryIO, *, nom: str, nombre: int, extension: str, type_mime: str) -> FileResponse:
    """La réponse qui rend ce fichier et le ferme ; son nom dit le jour et le nombre de lignes."""
    fichier.seek(0)
    entier = f"{nom}-{timezone.localdate():%Y-%m-%d}-{nombre}-{'lignes' if nombre > 1 else 'ligne'}.{extension}"
    reponse = FileResponse(fichier, content_type=type_mime)
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=entier) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
