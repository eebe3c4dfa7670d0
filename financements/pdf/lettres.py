"""La lettre de décision en PDF balisé (PDF/UA-1), et toutes celles d’une délibération en un fichier à imprimer."""

from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from pikepdf import Pdf

from projets.pdf.page import en_pdf

A4 = (595.276, 841.89)  # points
STYLE = Path(__file__).with_name("lettres.css")


def composer_la_lettre(contenu: dict[str, Any]) -> bytes:
    """Le PDF d’une lettre. Rien n’est lu hors de ce que la notification a figé, ni sur le réseau."""
    contexte = {"contenu": contenu, "lettre": contenu["lettre"], "departement": settings.NOM_DEPARTEMENT}
    page = render_to_string("financements/pdf/lettre.html", contexte)
    return en_pdf(page, STYLE)


def pages_de(lettre: bytes) -> int:
    """Le nombre de pages d’un PDF."""
    with Pdf.open(BytesIO(lettre)) as lue:
        return len(lue.pages)


class Liasse:
    """Des lettres bout à bout, chacune à partir d’une page impaire : imprimées recto verso, elles ne se mêlent pas.

    Pour l’imprimante seulement : mises bout à bout, les lettres perdent leurs balises. QPDF tient un millier de
    lettres en cent Mo ; pypdf en demande cinq fois plus.
    """

    def __init__(self) -> None:
        self._ecrit = Pdf.new()

    def ajouter(self, lettre: bytes) -> None:
        """Les pages de la lettre, et une page blanche si leur nombre est impair."""
        with Pdf.open(BytesIO(lettre)) as lue:
            self._ecrit.pages.extend(lue.pages)
        if len(self._ecrit.pages) % 2:
            self._ecrit.add_blank_page(page_size=A4)

    def ecrire(self, cible: Path) -> int:
        """Écrit le fichier et rend son nombre de pages."""
        self._ecrit.save(cible)
        return len(self._ecrit.pages)
