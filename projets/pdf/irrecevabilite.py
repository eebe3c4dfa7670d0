"""La lettre d’irrecevabilité, en PDF balisé (PDF/UA-1)."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from projets.models import Irrecevabilite
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("recepisse.css")


def composer_la_lettre(irrecevabilite: Irrecevabilite) -> bytes:
    """Le PDF de la lettre. Rien n’est lu hors de son contenu figé, ni sur le réseau."""
    contexte = {"lettre": irrecevabilite.contenu, "departement": settings.NOM_DEPARTEMENT}
    return en_pdf(render_to_string("projets/pdf/irrecevabilite.html", contexte), STYLE)
