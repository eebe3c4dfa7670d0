"""Garder une vue : seules entrent les personnes qu’un prédicat admet."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from comptes.models import Adhesion, Organisme, Personne
from comptes.models.entree import GARDIENS
from comptes.states import Role, RoleOrganisme

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


def relance_les_courriels(personne: Personne) -> bool:
    """Voit qu’un courriel n’est pas parti, et le remet dans la file."""
    return personne.role == Role.ADMINISTRATEUR


def est_porteur(personne: Personne) -> bool:
    """« Mon organisme » et « Mes projets » sont les portes des porteurs."""
    return personne.role == Role.PORTEUR


def adhesion_de(personne: Personne, organisme: Organisme) -> Adhesion | None:
    """Ce que la personne est pour l’organisme ; None si elle n’agit pas pour lui."""
    return Adhesion.objects.filter(personne=personne, organisme=organisme).first()


def est_responsable(personne: Personne, organisme: Organisme) -> bool:
    """Invite, retire et change les rôles."""
    adhesion = adhesion_de(personne, organisme)
    return adhesion is not None and adhesion.role == RoleOrganisme.RESPONSABLE


def voit_les_iban(personne: Personne) -> bool:
    """Seul le service financier lit les IBAN entiers ; les autres les voient masqués."""
    return personne.role == Role.FINANCES


def garde_les_demandes(personne: Personne) -> bool:
    """Répond pour les organismes sans responsable."""
    return personne.role in GARDIENS


def repond_aux_demandes(personne: Personne) -> bool:
    """Un responsable pour ses organismes, un gardien pour ceux qui n’en ont pas : les lignes font le reste."""
    return est_porteur(personne) or garde_les_demandes(personne)
