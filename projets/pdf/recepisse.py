"""L’accusé de réception d’un dépôt, en PDF balisé (PDF/UA-1)."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from projets.models import Depot
from projets.models.depot import accuse_du_depot

STYLE = Path(__file__).with_name("recepisse.css")
POLICE = settings.RACINE / "static" / "css" / "police-pdf.css"


def composer_le_recepisse(depot: Depot) -> bytes:
    """Le PDF du récépissé. Rien n’est lu hors de la copie figée, ni sur le réseau."""
    contexte = {"accuse": accuse_du_depot(depot), "departement": settings.NOM_DEPARTEMENT}
    page = render_to_string("projets/pdf/recepisse.html", contexte)
    polices = FontConfiguration()
    lecteur = URLFetcher(allowed_protocols=("file", "data"))
    feuilles = [CSS(filename=fichier, font_config=polices, url_fetcher=lecteur) for fichier in (POLICE, STYLE)]
    html = HTML(string=page, base_url=str(STYLE), url_fetcher=lecteur)
    octets: bytes = html.write_pdf(stylesheets=feuilles, font_config=polices, pdf_variant="pdf/ua-1")
    return octets
