"""La lettre de décision en PDF balisé (PDF/UA-1), et toutes celles d’une délibération en un fichier à imprimer."""

from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.template.loader import render_to_string
from pypdf import PdfReader, PdfWriter

from config.socle.montants import FINE, INSECABLE
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("lettres.css")


def composer_la_lettre(contenu: dict[str, Any]) -> bytes:
    """Le PDF d’une lettre. Rien n’est lu hors de ce que la notification a figé, ni sur le réseau."""
    contexte = {"contenu": contenu, "lettre": contenu["lettre"], "departement": settings.NOM_DEPARTEMENT}
    page = render_to_string("financements/pdf/lettre.html", contexte)
    return en_pdf(page.replace(FINE, INSECABLE), STYLE)


def pages_de(lettre: BinaryIO) -> int:
    """Le nombre de pages d’un PDF."""
    return len(PdfReader(lettre).pages)


class Liasse:
    """Des lettres bout à bout, chacune à partir d’une page impaire : imprimées recto verso, elles ne se mêlent pas.

    Pour l’imprimante seulement : mises bout à bout, les lettres perdent leurs balises.
    """

    def __init__(self) -> None:
        self._ecrit = PdfWriter()

    def ajouter(self, lettre: IO[Any]) -> None:
        """Les pages de la lettre, et une page blanche si leur nombre est impair."""
        for page in PdfReader(lettre).pages:
            self._ecrit.add_page(page)
        if len(self._ecrit.pages) % 2:
            self._ecrit.add_blank_page()

    def ecrire(self, cible: BinaryIO) -> int:
        """Écrit le fichier et rend son nombre de pages."""
        self._ecrit.write(cible)
        return len(self._ecrit.pages)
