"""Pièces d’écran : pages abrégées d’une liste, erreurs d’un formulaire, icône."""

from collections.abc import Iterable, Iterator
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, Select
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
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


LISTE = (
    '<div id="div_{id}" class="mb-3"><label for="{id}" class="form-label">{libelle}</label>'
    '<select name="{nom}" class="select form-select" id="{id}">{options}</select></div>'
)


@register.filter
def champ_de_filtre(champ: BoundField) -> SafeString:
    """Le champ tel que crispy le rend ; une liste simple, d’un bloc : un gabarit par choix coûte trop."""
    widget, valeur = champ.field.widget, champ.value()
    choix = list(widget.choices) if type(widget) is Select else []
    est_simple = bool(choix) and not (champ.field.required or champ.errors or champ.help_text or widget.attrs)
    if not est_simple or any(isinstance(libelle, list | tuple) for _, libelle in choix):
        rendu: SafeString = as_crispy_field(champ)
        return rendu
    nom, libelle = champ.html_name, str(champ.label)
    return format_html(LISTE, id=champ.auto_id, nom=nom, libelle=libelle, options=_options(choix, valeur))


@register.filter
def options(champ: BoundField) -> SafeString:
    """Les `<option>` d’une liste simple, celle du champ choisie."""
    return _options(champ.field.widget.choices, champ.value())


def _options(choix: Iterable[tuple[Any, Any]], valeur: object) -> SafeString:
    choisi = "" if valeur is None else str(valeur)
    lignes = [(cle, " selected" if str(cle) == choisi else "", libelle) for cle, libelle in choix]
    return format_html_join("\n", '<option value="{}"{}>{}</option>', lignes)
