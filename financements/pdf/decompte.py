"""Le décompte récapitulatif d’un versement, en PDF balisé (PDF/UA-1), d’une page."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from financements.chiffres.execution.decompte import Decompte
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("bilan.css")


def composer_le_decompte(decompte: Decompte) -> bytes:
    """Le PDF, l’IBAN entier : pour le comptable. Quelques dixièmes de seconde ; rien n’est lu sur le réseau."""
    action = decompte.action
    contexte = {
        "decompte": decompte,
        "versement": decompte.versement,
        "projet": action.projet,
        "organisme": action.projet.organisme,
        "deliberation": action.deliberation,
        "convention": getattr(action, "convention", None),
        "pieces": decompte.versement.pieces.select_related("document"),
        "departement": settings.NOM_DEPARTEMENT,
    }
    return en_pdf(render_to_string("financements/pdf/decompte.html", contexte), STYLE)
