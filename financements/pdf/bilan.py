"""Le récépissé et le compte rendu d’un bilan déposé (lignes du Cerfa 15059), en PDF balisé (PDF/UA-1)."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from financements.models import CopieDeBilan
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("bilan.css")


def composer_le_bilan(copie: CopieDeBilan) -> bytes:
    """Le PDF. Rien n’est lu hors de la copie figée, ni sur le réseau."""
    contexte = {"copie": copie, "contenu": copie.contenu, "departement": settings.NOM_DEPARTEMENT}
    page = render_to_string("financements/pdf/bilan.html", contexte)
    return en_pdf(page, STYLE)
