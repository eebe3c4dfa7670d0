"""Peindre un dessin de `config.socle.dessins` : le même SVG à l’écran et dans le PDF."""

from collections.abc import Sequence
from decimal import Decimal

from django import template

from config.socle import dessins
from config.socle.dessins import Dessin

register = template.Library()
GABARIT = "composants/dessins/dessin.svg.html"
Valeur = int | Decimal


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
