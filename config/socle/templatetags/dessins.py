"""Peindre un dessin de `config.socle.dessins` : le même SVG à l’écran et dans le PDF."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from config.socle import dessins
from config.socle.dessins import Dessin
from config.socle.dessins.formes import Chemin, Forme, Groupe, Rectangle, Texte, Trait

register = template.Library()
GABARIT = "composants/dessins/dessin.svg.html"
Valeur = int | Decimal
MAIGRE = 400  # la graisse du dessin entier, que le gabarit écrit une fois


@register.inclusion_tag("composants/dessins/figure.html")
def dessin(graphique: Dessin) -> dict[str, Dessin]:
    """Un dessin déjà calculé, qui défile dans son cadre sur un écran étroit."""
    return {"dessin": graphique}


@register.inclusion_tag(GABARIT)
def jauge(
    valeur: Valeur | None, maximum: Valeur | None, ton: str = "bleu", repere: Valeur | None = None
) -> dict[str, Dessin]:
    """La barre seule d’une case de tableau."""
    return {"dessin": dessins.jauge(valeur, maximum, ton=ton, repere=repere)}


@register.inclusion_tag(GABARIT)
def ecart(valeur: Valeur | None, maximum: Valeur | None) -> dict[str, Dessin]:
    """La barre divergente seule d’une case de tableau."""
    return {"dessin": dessins.ecart(valeur, maximum)}


@register.inclusion_tag(GABARIT)
def mini(valeurs: Sequence[tuple[str, Valeur | None]], ton: str = "bleu", titre: str = "") -> dict[str, Dessin]:
    """Les mini-barres d’une suite de (exercice, montant)."""
    return {"dessin": dessins.mini_barres(valeurs=valeurs, titre=titre, ton=ton)}


@register.filter
def peintes(formes: Iterable[Forme]) -> SafeString:
    """Ces formes en SVG, d’un bloc : un gabarit par forme pèserait la moitié d’une page de dessins."""
    return SafeString("".join(map(_peinte, formes)))


def _peinte(forme: Forme) -> str:
    """Ce que SVG suppose déjà (trait d’une unité, texte à gauche) ne s’écrit pas."""
    match forme:
        case Rectangle():
            rayon = f' rx="{forme.rayon:g}"' if forme.rayon else ""
            cadre = f'x="{forme.x:g}" y="{forme.y:g}" width="{forme.largeur:g}" height="{forme.hauteur:g}"'
            return f'<rect {cadre} fill="{escape(forme.couleur)}"{rayon}/>'
        case Trait():
            tirets = f' stroke-dasharray="{escape(forme.tirets)}"' if forme.tirets else ""
            bouts = f'x1="{forme.x1:g}" y1="{forme.y1:g}" x2="{forme.x2:g}" y2="{forme.y2:g}"'
            return f'<line {bouts} stroke="{escape(forme.couleur)}"{_epaisseur(forme)}{tirets}/>'
        case Chemin():
            fond = f'fill="{escape(forme.couleur)}" fill-rule="evenodd"'
            bord = f'stroke="{escape(forme.contour)}"{_epaisseur(forme)} stroke-linejoin="round"'
            return f'<path d="{escape(forme.trace)}" {fond} {bord}/>'
        case Texte():
            ancre = "" if forme.ancre == "start" else f' text-anchor="{escape(forme.ancre)}"'
            graisse = "" if forme.graisse == MAIGRE else f' font-weight="{forme.graisse}"'
            ou = f'x="{forme.x:g}" y="{forme.y:g}" fill="{escape(forme.couleur)}" font-size="{forme.corps:g}"'
            return f"<text {ou}{ancre}{graisse}>{escape(forme.texte)}</text>"
        case Groupe():
            return _groupe(forme)


def _epaisseur(forme: Trait | Chemin) -> str:
    return "" if forme.epaisseur == 1 else f' stroke-width="{forme.epaisseur:g}"'


def _groupe(groupe: Groupe) -> str:
    titre = escape(groupe.titre)
    dedans = f"<title>{titre}</title>{peintes(groupe.formes)}"
    if groupe.lien:
        return f'<a href="{escape(groupe.lien)}" aria-label="{titre}">{dedans}</a>'
    return f"<g>{dedans}</g>"
