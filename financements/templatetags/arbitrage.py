"""Les champs d’une ligne d’arbitrage, écrits d’un bloc : un gabarit par case coûterait la moitié de la page."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.socle.montants import format_euros, format_nombre
from financements.chiffres.arbitrage.lignes import Annee, LigneMontree

register = template.Library()


@register.simple_tag
def champ_de_montant(une: LigneMontree, an: Annee, tapees: object) -> SafeString:
    """Le champ d’une année : ce qui a été tapé s’il n’est pas enregistré, sinon le montant."""
    nom = f"m-{une.projet}-{an.annee}"
    textes = getattr(tapees, "textes", {}).get(une.projet, {})
    faute = une.projet in getattr(tapees, "erreurs", {})
    propose = "" if an.propose is None else f", proposé {format_euros(an.propose)}"
    return format_html(
        '<input form="saisies" id="{}" name="{}" value="{}" class="form-control form-control-sm{}" inputmode="decimal"'
        ' autocomplete="off" aria-label="Montant {} de {}" title="demandé {}{}"{}>',
        nom,
        nom,
        textes.get(nom) or format_nombre(an.montant, 2 if an.montant % 1 else 0),
        " is-invalid" if faute else "",
        an.annee,
        une.reference,
        format_euros(an.demande),
        propose,
        format_html(' aria-invalid="true" aria-describedby="erreur-{}"', une.projet) if faute else "",
    )


@register.filter
def erreur_de(tapees: object, projet: int) -> str:
    """Ce qui ne va pas dans la ligne de ce projet ; vide si tout va."""
    return str(getattr(tapees, "erreurs", {}).get(projet, ""))


@register.filter
def note_lue(texte: str | None) -> str:
    """« 72.50 », d’une photographie, → « 72,5 » ; « – » si elle manque."""
    return "–" if texte is None else format_nombre(Decimal(texte), 1)
