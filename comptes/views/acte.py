"""Faire un acte demandé par un bouton, et dire ce qu’il en est."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest


def faire(request: HttpRequest, acte: Callable[[], object], *, succes: str) -> bool:
    """Fait l’acte ; le refus ou le succès devient un message. Vrai s’il a abouti."""
    try:
        acte()
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
        return False
    messages.success(request, succes)
    return True


def faire_depuis(form: forms.BaseForm, acte: Callable[[], object]) -> bool:
    """Fait l’acte ; un refus s’écrit dans le formulaire, à côté du champ s’il en nomme un. Vrai s’il a abouti."""
    try:
        acte()
    except ValidationError as refus:
        for champ, erreurs in getattr(refus, "error_dict", {NON_FIELD_ERRORS: [refus]}).items():
            for erreur in erreurs:
                form.add_error(champ if champ in form.fields else None, erreur)
        return False
    return True
