"""Le journal d’un projet en PDF balisé (PDF/UA-1), pour un auditeur : nombre de lignes, empreinte, dernier sceau."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from config.socle.models import Journal, SceauDuJournal
from config.socle.sceaux import texte_scelle
from projets.models import Projet
from projets.models.journal import lisible
from projets.pdf.page import en_pdf

STYLES = (Path(__file__).with_name("recepisse.css"), Path(__file__).with_name("journal.css"))


@dataclass(frozen=True, slots=True)
class JournalProduit:
    """Le fichier, et ce qu’il annonce de lui-même."""

    octets: bytes
    nombre: int
    empreinte: str


def empreinte_des_lignes(lignes: Sequence[Journal]) -> str:
    """SHA-256 (hexadécimal) des formes scellées, dans l’ordre, un saut de ligne après chacune."""
    return hashlib.sha256("".join(f"{texte_scelle(ligne)}\n" for ligne in lignes).encode()).hexdigest()


def composer_le_journal(
    projet: Projet, lignes: Sequence[Journal], *, sceau: SceauDuJournal | None, pour: str, instant: datetime
) -> JournalProduit:
    """`lignes` : de la plus ancienne à la plus récente, auteurs lus ; `sceau` : le dernier ; `pour` : qui demande."""
    empreinte = empreinte_des_lignes(lignes)
    contexte = {
        "projet": projet,
        "lignes": [lisible(ligne) for ligne in lignes],
        "empreinte": empreinte,
        "sceau": sceau,
        "pour": pour,
        "instant": instant,
        "departement": settings.NOM_DEPARTEMENT,
    }
    octets = en_pdf(render_to_string("projets/pdf/journal.html", contexte), *STYLES)
    return JournalProduit(octets, len(lignes), empreinte)
