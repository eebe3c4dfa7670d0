"""Les formats de fichier que l’on sait reconnaître à leur contenu, et le type sous lequel on les rend."""

from collections.abc import Iterable

from django.db import models


class FormatDeFichier(models.TextChoices):
    """Valeur : l’extension attendue, sans le point."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word (docx)"
    XLSX = "xlsx", "Excel (xlsx)"
    ODT = "odt", "OpenDocument texte (odt)"
    ODS = "ods", "OpenDocument tableur (ods)"
    JPEG = "jpg", "image JPEG"
    PNG = "png", "image PNG"


SYNONYMES = {"jpeg": "jpg"}
TYPES_MIME = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "jpg": "image/jpeg",
    "png": "image/png",
}


def formats_lisibles(formats: Iterable[str]) -> str:
    """« PDF, Word (docx) »."""
    return ", ".join(str(FormatDeFichier(valeur).label) for valeur in formats)
