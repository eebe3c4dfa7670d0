"""Ce que lisent les gabarits de l’arbitrage."""

from decimal import Decimal

from django import template

from config.socle.montants import format_nombre

register = template.Library()


@register.filter
def erreur_de(tapees: object, projet: int) -> str:
    """Ce qui ne va pas dans la ligne de ce projet ; vide si tout va."""
    return str(getattr(tapees, "erreurs", {}).get(projet, ""))


@register.filter
def annee_de(tapees: object, projet: int) -> str:
    """L’année du champ en faute de ce projet ; vide si toute la ligne l’est."""
    return str(getattr(tapees, "annees", {}).get(projet, ""))


@register.filter
def note_lue(texte: str | None) -> str:
    """« 72.50 », d’une photographie, → « 72,5 » ; « – » si elle manque."""
    return "–" if texte is None else format_nombre(Decimal(texte), 1)
