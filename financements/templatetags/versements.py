"""Les lignes de la file des versements, écrites d’un bloc : un gabarit par case coûterait le tiers de la page."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from config.socle.montants import format_euros
from financements.chiffres.dessins import ton_de_l_axe
from financements.chiffres.execution.liquidation import LIQUIDABLES
from financements.models import Versement

register = template.Library()
RIEN = "–"
_LIGNE = (
    '<tr>{}<th scope="row"><a href="{}">{} {}</a> <small class="discret text-nowrap">{}</small></th>'
    '<td class="large"><a href="{}">{} · {}</a> <small class="discret">{}</small></td>'
    '<td><span class="axe {}">{}</span></td><td class="nombre">{}</td><td>{}</td><td class="nombre">{}</td>'
    '<td><span class="etat etat-{}">{}</span></td><td class="large">{}</td></tr>'
)
_A_COCHER = (
    '<td><input class="form-check-input" type="checkbox" form="liquider" name="versement" value="{}"'
    ' aria-label="Cocher {}"></td>'
)


@register.simple_tag
def rangees_de_versements(rangees: Iterable[tuple[Versement, list[str]]], slug: str, *, a_cocher: bool) -> SafeString:
    """Une ligne `<tr>` par (versement, ce qui manque) de l’appel `slug` ; une case à cocher à ce qui est prêt."""
    versement, action = _modele("versement", slug), _modele("execution_de_l_action", slug)
    return format_html_join(
        "\n",
        "{}",
        ((_rangee(un, manques, versement, action, a_cocher=a_cocher),) for un, manques in rangees),
    )


def _modele(nom: str, slug: str) -> str:
    """L’adresse de cette page, sa clé à remplir : la chercher à chaque ligne coûterait plus que l’écrire."""
    avant, _, apres = reverse(f"financements:{nom}", args=[slug, 0]).rpartition("0")
    return f"{avant}{{}}{apres}"


def _rangee(un: Versement, manques: list[str], versement: str, action: str, *, a_cocher: bool) -> SafeString:
    projet = un.action.projet
    return format_html(
        _LIGNE,
        _case(un, manques) if a_cocher else "",
        versement.format(un.pk),
        capfirst(un.get_nature_display()),
        un.annee,
        un.reference,
        action.format(projet.numero),
        projet.numero,
        projet.intitule,
        projet.organisme.nom,
        ton_de_l_axe(projet.axe.numero),
        projet.axe.numero,
        un.exercice,
        f"{un.prevu_le:%m/%Y}",
        format_euros(un.montant),
        un.ton,
        un.get_etat_display(),
        ce_qui_manque(un, manques),
    )


def _case(un: Versement, manques: list[str]) -> SafeString:
    return format_html(_A_COCHER, un.pk, un.reference) if _est_pret(un, manques) else SafeString("<td></td>")


@register.simple_tag
def ce_qui_manque(un: Versement, manques: list[str]) -> SafeString | str:
    """Les phrases de ce qui manque, sinon « prêt à liquider » ; un tiret pour ce qui est déjà parti."""
    if manques:
        dits = format_html_join("", "<li>{}</li>", ((manque,) for manque in manques))
        return format_html('<ul class="mb-0 ps-3">{}</ul>', dits)
    return SafeString("<strong>prêt à liquider</strong>") if _est_pret(un, manques) else RIEN


def _est_pret(un: Versement, manques: list[str]) -> bool:
    return un.etat in LIQUIDABLES and not manques
