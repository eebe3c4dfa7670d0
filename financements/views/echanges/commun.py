"""Ce que partagent les pages d’échanges : le fil, le nom d’un fichier, sa réponse."""

from typing import BinaryIO

from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from projets.models import AppelAProjets

FAUTES_MONTREES = 200


def fil_des_echanges(appel: AppelAProjets) -> list[tuple[str, str]]:
    """Le fil d’Ariane jusqu’aux échanges."""
    return [
        (appel.intitule, reverse("financements:credits", args=[appel.slug])),
        ("Échanges", reverse("financements:echanges", args=[appel.slug])),
    ]


def fichier_a_emporter(fichier: BinaryIO, *, nom: str, nombre: int, extension: str, type_mime: str) -> FileResponse:
    """La réponse qui rend ce fichier et le ferme ; son nom dit le jour et le nombre de lignes."""
    fichier.seek(0)
    entier = f"{nom}-{timezone.localdate():%Y-%m-%d}-{nombre}-{'lignes' if nombre > 1 else 'ligne'}.{extension}"
    reponse = FileResponse(fichier, content_type=type_mime)
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=entier) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
