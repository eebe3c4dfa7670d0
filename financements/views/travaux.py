"""Ce que partagent les pages d’un travail long."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from comptes.models import Personne
from config.socle.models import Travail
from financements.permissions import peut_annuler_un_travail


def adresse_d_annulation(personne: Personne, travail: Travail, nom: str, args: Sequence[object]) -> str:
    """Vide si cette personne n’arrête pas ce travail : aucun bouton ne mène à un refus."""
    return reverse(nom, args=args) if peut_annuler_un_travail(personne, travail.demande_par_id) else ""


def deposes(imports: QuerySet[Any]) -> QuerySet[Any]:
    """Sans leur compte rendu, qui peut être lourd ; `est_refuse` dit s’il a des erreurs."""
    a_des_erreurs = ExpressionWrapper(Q(resultat__erreurs__0__isnull=False), output_field=BooleanField())
    lus: QuerySet[Any] = imports.defer("resultat").annotate(est_refuse=a_des_erreurs)
    return lus.select_related("demande_par", "appel")


def avancement_de(request: HttpRequest, travail: Travail, gabarit: str, contexte: dict[str, Any]) -> HttpResponse:
    """Le fragment d’avancement ; le travail fini, la page qui le montre se recharge pour offrir la suite."""
    reponse = render(request, gabarit, contexte)
    if not travail.est_actif:
        reponse["HX-Refresh"] = "true"
    return reponse
