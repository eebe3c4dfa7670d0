"""Les lettres d’une procédure contradictoire, en PDF balisé (PDF/UA-1) : son ouverture, puis sa conclusion."""

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from financements.chiffres.lettres import adresse_de
from financements.models import ProcedureContradictoire
from projets.pdf.page import en_pdf

STYLE = Path(__file__).with_name("lettres.css")


def composer_la_lettre_de_procedure(procedure: ProcedureContradictoire, *, conclut: bool) -> bytes:
    """Le PDF de l’ouverture, ou de la conclusion (lit `action.projet.appel`, `organisme`, `action.deliberation`).

    Quelques dixièmes de seconde ; rien n’est lu sur le réseau.
    """
    projet = procedure.action.projet
    contexte = {
        "procedure": procedure,
        "projet": projet,
        "organisme": projet.organisme,
        "adresse": adresse_de(projet.organisme),
        "deliberation": procedure.action.deliberation,
        "departement": settings.NOM_DEPARTEMENT,
        "date": procedure.decidee_le if conclut else procedure.engagee_le,
        "conclut": conclut,
    }
    return en_pdf(render_to_string("financements/pdf/procedure.html", contexte), STYLE)
