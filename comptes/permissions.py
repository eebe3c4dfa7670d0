"""Garder une vue : seules entrent les personnes qu’un prédicat admet."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from comptes.models import Personne
from comptes.states import Role

Predicat = Callable[[Personne], bool]


def personne_de(request: HttpRequest) -> Personne:
    """La personne connectée. À n’appeler que derrière la connexion obligatoire."""
    return cast(Personne, request.user)


def reservee_a(predicat: Predicat) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Décorateur : 403 si le prédicat refuse la personne. La connexion est exigée en amont, par l’intergiciel."""

    def decorer(vue: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @wraps(vue)
        def gardee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not predicat(personne_de(request)):
                raise PermissionDenied
            return cast(HttpResponseBase, vue(request, *args, **kwargs))

        gardee.predicat = predicat  # type: ignore[attr-defined]
        return gardee

    return decorer


def est_porteur_sans_organisme(personne: Personne) -> bool:
    """Un porteur qui n’agit encore pour personne."""
    return personne.role == Role.PORTEUR and not personne.adhesions.exists()


def peut_lire_les_courriels(personne: Personne) -> bool:
    """Les courriels de la démonstration : l’administrateur, et le porteur pour les siens."""
    return personne.role in {Role.ADMINISTRATEUR, Role.PORTEUR}
