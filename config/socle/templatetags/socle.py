"""Filtres de présentation des montants, nombres et pourcentages."""

from datetime import date

from django import template

from config.socle import montants
from config.socle.jours import jour

register = template.Library()
register.filter("euros", montants.format_euros)
register.filter("euros_ronds", montants.format_euros_ronds)
register.filter("euros_signe", montants.format_euros_signe)
register.filter("meuros", montants.format_meuros)
register.filter("centimes", lambda centimes: montants.format_euros(montants.en_euros(centimes)))
register.filter("nombre", montants.format_nombre)
register.filter("pourcent", montants.format_pourcent)
register.filter("signe_pourcent", montants.format_pourcent_signe)
register.filter("points_signes", montants.format_points_signes)
register.filter("jour", jour)


@register.filter
def entree(tableau: dict[object, object], cle: object) -> object:
    """`tableau[cle]`, ou None si la clé manque : pour les matrices dans les gabarits."""
    return tableau.get(cle)


@register.filter
def jour_iso(texte: str) -> str:
    """« 2026-11-22 » → « 22 novembre 2026 » : une date gardée dans une copie figée. Vide si le texte est vide."""
    return jour(date.fromisoformat(texte)) if texte else ""


@register.filter
def accorde(pluriel: str, nombre: int) -> str:
    """« actions » → « action » pour zéro ou un : le nom d’une liste s’écrit au pluriel et s’accorde ici."""
    return pluriel if abs(nombre) >= 2 else pluriel.removesuffix("s")  # noqa: PLR2004 (deux)
