"""L’attestation de cofinancement d’une opération du FSE, en PDF balisé (PDF/UA-1)."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from financements.models import AttestationFse
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("bilan.css")


def composer_l_attestation(attestation: AttestationFse) -> bytes:
    """Le PDF. Rien n’est lu hors de ce qui est figé, ni sur le réseau."""
    contexte = {
        "attestation": attestation,
        "contenu": attestation.contenu,
        "departement": settings.NOM_DEPARTEMENT,
    }
    page = render_to_string("financements/pdf/attestation_fse.html", contexte)
    return en_pdf(page, STYLE)
