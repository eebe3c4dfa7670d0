"""Écrire un acte du journal, un SIRET, un pluriel comme on les lit ; donner sa couleur à un axe.

Et ce qu’un gabarit de `projets` montre du vote, que son app ne connaît pas.
"""

from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from comptes.models import Personne
from config.socle.montants import format_euros
from financements.chiffres.dessins import carte_des_parts, dessin_des_aides, ton_de_l_axe
from financements.chiffres.votes import aides_de_l_organisme, votes_des_projets
from financements.chiffres.votes import suite_du_vote as lire_la_suite_du_vote
from projets.models import Projet
from projets.states import AVANT_LE_VOTE

register = template.Library()
register.filter("ton_axe", ton_de_l_axe)
ACTES = {
    "importer_programme": "import du programme",
    "creer_appel": "création de l’appel",
    "voter_enveloppe": "vote de l’enveloppe",
    "repartir_enveloppe": "répartition de l’enveloppe",
    "reviser_enveloppe": "révision de l’enveloppe",
    "reverser_les_reliquats": "reversement de reliquats",
    "saisir_la_reference": "saisie des crédits de référence",
}


@register.filter
def acte(nom: str) -> str:
    """« importer_programme » → « import du programme » ; un acte sans libellé garde son nom, sans tirets."""
    return ACTES.get(nom, nom.replace("_", " "))


@register.filter
def euros_ecrits(texte: str | None) -> str:
    """« 1234.50 », tel qu’un JSON le garde → « 1 234,50 € » ; zéro si None."""
    return format_euros(Decimal(texte or 0))


@register.filter
def siret(numero: str) -> str:
    """« 12345678901234 » → « 123 456 789 01234 », à espaces insécables."""
    return "\u00a0".join((numero[:3], numero[3:6], numero[6:9], numero[9:]))


@register.filter
def pluriel(nombre: int) -> str:
    """« s » à partir de deux : en français, zéro est au singulier."""
    return "s" if nombre >= 2 else ""  # noqa: PLR2004 (deux)


@register.filter
def est_vote(projet: Projet) -> bool:
    """Faux tant que le vote n’a rien pu dire de ce projet : ses panneaux ne se cherchent pas."""
    return projet.etat not in AVANT_LE_VOTE


@register.inclusion_tag("financements/_suite_du_vote.html", takes_context=True)
def suite_du_vote(context: dict[str, Any], projet: Projet, personne: Personne) -> dict[str, Any]:
    """Décision, aide votée, convention, bilans, versements d’un projet que la personne voit déjà, lus ensemble.

    Chaque panneau est vide tant qu’il n’a rien à dire.
    """
    suite = lire_la_suite_du_vote(projet, personne)
    return {
        "projet": projet,
        "jour": timezone.localdate(),
        "csrf_token": context.get("csrf_token"),
        **{champ.name: getattr(suite, champ.name) for champ in fields(suite)},
    }


@register.inclusion_tag("financements/_aides_passees.html")
def aides_passees(projet: Projet) -> dict[str, Any]:
    """Le panneau des aides votées, année par année, à l’organisme d’un projet que l’instruction voit déjà."""
    aides = aides_de_l_organisme(projet.organisme)
    return {"aides": aides, "dessin_des_aides": dessin_des_aides(aides) if aides else None}


@register.inclusion_tag("financements/_carte_des_parts.html", name="carte_des_parts")
def territoires_du_projet(projet: Projet) -> dict[str, Any]:
    """La carte des territoires d’un projet ; `projet` : ses parts préchargées."""
    parts = list(projet.parts.all())
    return {"parts": parts, "carte": carte_des_parts(parts)}


@register.simple_tag
def votes(projets: Iterable[Projet]) -> dict[int, Decimal]:
    """Projet → euros votés, pour toute une page : à lire une fois, avant la boucle."""
    return votes_des_projets(projet.pk for projet in projets)
