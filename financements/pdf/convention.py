"""Le PDF balisé (PDF/UA-1) d’une convention ou d’un avenant, un code QR sur chaque page.

Le code ne porte qu’un jeton tiré au hasard et le numéro de la page : rien ne s’y lit de l’organisme ni du montant.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
from django.template.loader import render_to_string

from financements.pdf.document import imprimer
from financements.pdf.progression import Rappel
from financements.rules.code_de_page import code_de_la_page

STYLE = Path(__file__).with_name("convention.css")
PAGES_AU_PLUS = 60
LETTRES_D_UNE_PAGE = 1500  # balises comprises ; une page pleine en a le double


class ConventionTropLongue(Exception):
    """Plus de pages que l’on ne sait en numéroter."""


def imprimer_la_convention(contenu: Mapping[str, Any], jeton: str, empreinte: str, cible: Path, rappel: Rappel) -> int:
    """Met en page le texte figé dans `cible` ; rend le nombre de pages. Lève `ConventionTropLongue`."""
    page = render_to_string("financements/pdf/conventions/convention.html", {**contenu, "empreinte": empreinte})
    for codes in (_pages_probables(page), PAGES_AU_PLUS):
        pages = imprimer(page, cible, rappel, STYLE, regles=_codes(jeton, codes))
        if pages <= codes:
            return pages
    raise ConventionTropLongue


def _pages_probables(page: str) -> int:
    """Une borne large, d’après la longueur du texte : dessiner soixante codes coûte plus que les pages elles-mêmes."""
    return min(PAGES_AU_PLUS, 6 + len(page) // LETTRES_D_UNE_PAGE)


def _codes(jeton: str, pages: int) -> str:
    """Une règle par page : WeasyPrint ne dessine que ceux des pages qu’il y a."""
    return "\n".join(
        f"@page :nth({page}) {{ @top-right {{ content: url('{_dessin(code_de_la_page(jeton, page))}') }} }}"
        for page in range(1, pages + 1)
    )


def _dessin(texte: str) -> str:
    """Le code en SVG, de 22 mm de côté, dans une adresse `data:`."""
    code = segno.make(texte, error="m", micro=False)
    cote = code.symbol_size(border=2)[0]
    return str(code.svg_data_uri(scale=round(22 / cote, 4), border=2, unit="mm", encode_minimal=False))
