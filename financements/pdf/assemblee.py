"""Le PDF balisé (PDF/UA-1) du rapport à l’assemblée : le texte en portrait, les annexes en paysage."""

from pathlib import Path

from django.template.loader import render_to_string

from financements.chiffres.rapport_assemblee.contenu import FICTION, NOTE_DES_PARTS, Contenu
from financements.pdf.document import imprimer
from financements.pdf.progression import Rappel

STYLE = Path(__file__).with_name("assemblee.css")


def imprimer_le_rapport(contenu: Contenu, cible: Path, rappel: Rappel) -> int:
    """Écrit le PDF dans `cible` ; rend le nombre de pages. Lève ce que lève `rappel`."""
    contexte = {"contenu": contenu, "note_des_parts": NOTE_DES_PARTS, "fiction": FICTION}
    page = render_to_string("financements/pdf/assemblee/rapport.html", contexte)
    return imprimer(page, cible, rappel, STYLE)
