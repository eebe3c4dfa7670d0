"""De petits documents PDF pour la démonstration : un titre, des paragraphes."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

POLICE = settings.RACINE / "static" / "css" / "police-pdf.css"


def papier(titre: str, parties: Sequence[tuple[str, str]]) -> bytes:
    """Une ou deux pages balisées (PDF/UA-1). `parties` : (intertitre, texte)."""
    page = render_to_string("financements/demonstration/papier.html", {"titre": titre, "parties": parties})
    polices = FontConfiguration()
    lecteur = URLFetcher(allowed_protocols=("file", "data"))
    feuille = CSS(filename=POLICE, font_config=polices, url_fetcher=lecteur)
    html = HTML(string=page, base_url=str(POLICE), url_fetcher=lecteur)
    octets: bytes = html.write_pdf(stylesheets=[feuille], font_config=polices, pdf_variant="pdf/ua-1")
    return octets
