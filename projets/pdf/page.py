"""Une page HTML en PDF balisé (PDF/UA-1), sans rien lire sur le réseau : pour les documents de quelques pages."""

from functools import cache
from pathlib import Path

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from config.socle.montants import FINE, INSECABLE

POLICE = settings.RACINE / "static" / "css" / "police-pdf.css"
LECTEUR = URLFetcher(allowed_protocols=("file", "data"))


def pour_l_impression(page: str) -> str:
    """La même page, à espaces insécables pleines : fine, celle de la police imprimée fait se toucher les milliers."""
    return page.replace(FINE, INSECABLE)


@cache
def feuilles_de(*styles: Path) -> tuple[FontConfiguration, list[CSS]]:
    """La police de la maison et les feuilles `styles`, lues une fois par processus : mille lettres les partagent.

    Relire la police à chaque document laisserait un tiers de Mio à chacun.
    """
    polices = FontConfiguration()
    feuilles = [CSS(filename=fichier, font_config=polices, url_fetcher=LECTEUR) for fichier in (POLICE, *styles)]
    return polices, feuilles


def en_pdf(page: str, *styles: Path) -> bytes:
    """Le PDF de `page`, avec la police de la maison et les feuilles `styles`."""
    polices, feuilles = feuilles_de(*styles)
    html = HTML(string=pour_l_impression(page), base_url=str(POLICE), url_fetcher=LECTEUR)
    octets: bytes = html.write_pdf(stylesheets=feuilles, font_config=polices, pdf_variant="pdf/ua-1")
    return octets
