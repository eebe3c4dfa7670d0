"""Le rapport de l’élu : un territoire en deux pages A4, PDF balisé."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from config.socle.dessins import Dessin
from financements.chiffres import LigneAxe, Perimetre, Programme
from financements.chiffres.dessins import carte_de_situation, dessin_des_axes
from financements.chiffres.execution.dessins import dessin_par_exercice
from financements.chiffres.execution.elu import a_faire, principales
from financements.chiffres.execution.programme import Execution
from financements.pdf.contexte import Edition
from financements.pdf.document import imprimer
from financements.pdf.progression import Rappel

PAGES_DE_L_ELU = 2
STYLE = Path(__file__).with_name("elu.css")
AXES_MONTRES = 8  # au-delà, les moins dotés se lisent dans le rapport entier
LARGEUR_DU_DESSIN, LARGEUR_DE_LA_CARTE = 500, 300


class RapportTropLong(Exception):
    """Le rapport ne tient pas en deux pages."""


def composer_l_elu(perimetre: Perimetre, edition: Edition) -> str:
    """Le HTML des deux pages. Lit la base : à appeler dans une `photographie`."""
    return render_to_string("financements/pdf/elu.html", contexte_de_l_elu(perimetre, edition))


def contexte_de_l_elu(perimetre: Perimetre, edition: Edition) -> dict[str, Any]:
    """Chiffres clés, dessin, axes, dix actions, ce qui reste à faire."""
    programme = Programme(perimetre)
    au = edition.etat_au.date()
    execution = Execution(programme, au=au)
    (ligne,) = programme.par_territoire
    axes = sorted(
        (paire for paire in zip(programme.par_axe, execution.par_axe, strict=True) if paire[0].total),
        key=lambda paire: (-paire[0].total, paire[0].axe.numero),
    )
    return {
        "appel": perimetre.appel,
        "departement": settings.NOM_DEPARTEMENT,
        "territoire": perimetre.territoire,
        "periode": perimetre.periode,
        "titre_du_document": f"{ligne.territoire.nom} : rapport de l’élu, {perimetre.periode}",
        "edition": edition,
        "programme": programme,
        "synthese": programme.synthese,
        "ligne": ligne,
        "execution": execution,
        "dessin_principal": _dessin(programme, execution, [axe for axe, _ in axes]),
        "carte": carte_de_situation(ligne.territoire, largeur=LARGEUR_DE_LA_CARTE),
        "axes": axes[:AXES_MONTRES],
        "autres_axes": len(axes[AXES_MONTRES:]),
        "principales": principales(perimetre),
        "a_faire": a_faire(perimetre, au=au),
        "est_fictif": perimetre.appel.est_fictif,
    }


def _dessin(programme: Programme, execution: Execution, axes: list[LigneAxe]) -> Dessin | None:
    """L’exécution par exercice ; avant qu’elle commence, le voté par axe."""
    if execution.a_commence:
        return dessin_par_exercice(execution, largeur=LARGEUR_DU_DESSIN, hauteur=260)
    return dessin_des_axes(programme, largeur=LARGEUR_DU_DESSIN, hauteur=260) if axes else None


def imprimer_l_elu(page: str, cible: Path, rappel: Rappel) -> int:
    """Écrit les deux pages dans `cible`. Lève `RapportTropLong`, et ce que lève `rappel`."""
    pages = imprimer(page, cible, rappel, STYLE)
    if pages != PAGES_DE_L_ELU:
        raise RapportTropLong
    return pages
