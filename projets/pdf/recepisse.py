"""L’accusé de réception d’un dépôt, en PDF balisé (PDF/UA-1)."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from projets.models import Depot
from projets.models.depot import accuse_du_depot
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("recepisse.css")


def composer_le_recepisse(depot: Depot) -> bytes:
    """Le PDF du récépissé. Rien n’est lu hors de la copie figée, ni sur le réseau."""
    contexte = {"accuse": accuse_du_depot(depot), "departement": settings.NOM_DEPARTEMENT}
    page = render_to_string("projets/pdf/recepisse.html", contexte)
    return en_pdf(page, STYLE)
