"""Les PDF balisés (PDF/UA-1) d’un comité : fiches d’une page, procès-verbal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from financements.chiffres.comite.fiches import Fiche
from financements.chiffres.comite.groupes import groupes_des_points
from financements.models import Comite, PhotographieDeSeance
from financements.pdf.document import imprimer
from financements.pdf.progression import Rappel

STYLE = Path(__file__).with_name("comite.css")


class FicheTropLongue(Exception):
    """Une fiche ne tient pas sur sa page."""


def imprimer_les_fiches(comite: Comite, fiches: Sequence[Fiche], cible: Path, rappel: Rappel) -> int:
    """Une page par fiche, dans `cible` ; rend leur nombre. Lève `FicheTropLongue`, et ce que lève `rappel`."""
    contexte = {"comite": comite, "fiches": fiches, "departement": settings.NOM_DEPARTEMENT}
    pages = imprimer(render_to_string("financements/pdf/comite/fiches.html", contexte), cible, rappel, STYLE)
    if pages != len(fiches):
        raise FicheTropLongue
    return pages


def imprimer_le_proces_verbal(
    comite: Comite, photographie: PhotographieDeSeance, seance: dict[str, Any], cible: Path, rappel: Rappel
) -> int:
    """Le procès-verbal de la photographie, et d’elle seule ; rend le nombre de pages."""
    contexte = {
        "comite": comite,
        "photographie": photographie,
        "seance": seance,
        "groupes": groupes_des_points(seance["points"], seance["appel"]["annees"]),
        "hors_seance": [point for point in seance["points"] if point["hors_seance"]],
        "departement": settings.NOM_DEPARTEMENT,
    }
    return imprimer(render_to_string("financements/pdf/comite/proces_verbal.html", contexte), cible, rappel, STYLE)
