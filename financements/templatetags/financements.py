"""Écrire un acte du journal, un SIRET, un pluriel comme on les lit ; donner sa couleur à un axe."""

from django import template

from financements.chiffres.dessins import ton_de_l_axe

register = template.Library()
register.filter("ton_axe", ton_de_l_axe)
ACTES = {
    "importer_programme": "import du programme",
    "creer_appel": "création de l’appel",
    "voter_enveloppe": "vote de l’enveloppe",
    "repartir_enveloppe": "répartition de l’enveloppe",
}


@register.filter
def acte(nom: str) -> str:
    """« importer_programme » → « import du programme » ; un acte sans libellé garde son nom, sans tirets."""
    return ACTES.get(nom, nom.replace("_", " "))


@register.filter
def siret(numero: str) -> str:
    """« 12345678901234 » → « 123 456 789 01234 », à espaces insécables."""
    return "\u00a0".join((numero[:3], numero[3:6], numero[6:9], numero[9:]))


@register.filter
def pluriel(nombre: int) -> str:
    """« s » à partir de deux : en français, zéro est au singulier."""
    return "s" if nombre >= 2 else ""  # noqa: PLR2004 (deux)
