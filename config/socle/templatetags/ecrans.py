"""Pièces d’écran : pages abrégées d’une liste, erreurs d’un formulaire, icône."""

from collections.abc import Iterator

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
PLANCHE = "vendor/bootstrap-icons/icones.svg"


@register.filter
def pages_abregees(page: Page) -> Iterator[int | str]:  # type: ignore[type-arg]
    """Numéros de page à montrer autour de la page courante, « … » pour les trous."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.filter
def erreurs_du_formulaire(form: BaseForm) -> list[tuple[str, str, str]]:
    """(identifiant du champ, libellé, message) pour chaque erreur, celles de l’ensemble d’abord (identifiant vide)."""
    ensemble = [("", "", str(message)) for message in form.non_field_errors()]
    champs = [
        (champ.id_for_label or champ.auto_id, str(champ.label), str(message))
        for champ in form
        for message in champ.errors
    ]
    return ensemble + champs


@register.simple_tag
def icone(nom: str) -> SafeString:
    """Une icône de la planche, décorative : le sens est toujours écrit à côté."""
    return format_html(
        '<svg class="icone" aria-hidden="true" focusable="false"><use href="{}"/></svg>', f"{static(PLANCHE)}#{nom}"
    )
