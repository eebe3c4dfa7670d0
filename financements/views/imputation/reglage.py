"""Les imputations d’un appel : les lire, les régler."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.imputation.regler import (
    ajouter_une_imputation,
    modifier_une_imputation,
    supprimer_une_imputation,
)
from financements.chiffres.imputation import manques, utilisees
from financements.forms.imputation import ImputationForm
from financements.models import Imputation
from financements.permissions import peut_imputer, peut_lire_les_financements
from financements.views.appels import appel_visible, onglets
from projets.models import AppelAProjets
from projets.views.gestes import agir, enregistre, version_lue


@require_safe
@reservee_a(peut_lire_les_financements)
def imputations(request: HttpRequest, slug: str) -> HttpResponse:
    """La liste, et ce qui manque pour imputer chaque projet."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    lignes = Imputation.objects.visibles_par(personne).filter(appel=appel).prefetch_related("rattachements__axe")
    contexte = _contexte(
        request,
        appel,
        page=page_de(request, lignes),
        manques=manques(appel),
        peut_imputer=peut_imputer(personne),
    )
    return render(request, "financements/imputation/liste.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_imputer)
def ajouter(request: HttpRequest, slug: str) -> HttpResponse:
    """Une imputation nouvelle."""
    appel = appel_visible(personne_de(request), slug)
    form = ImputationForm(request.POST or None, appel=appel)
    if enregistre(
        form, lambda: ajouter_une_imputation(auteur=personne_de(request), appel=appel, saisie=form.saisie())
    ):
        messages.success(request, "Imputation ajoutée.")
        return redirect("financements:imputations", slug=slug)
    return render(request, "financements/imputation/regler.html", _contexte(request, appel, form=form))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_imputer)
def modifier(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Une imputation existante ; son code ne change plus dès qu’une action votée s’impute sur elle."""
    imputation = _imputation(request, slug, pk)
    form = ImputationForm(request.POST or None, appel=imputation.appel, imputation=imputation)

    def acte() -> object:
        return modifier_une_imputation(
            auteur=personne_de(request), imputation=imputation, saisie=form.saisie(), version=version_lue(form)
        )

    if enregistre(form, acte):
        messages.success(request, "Imputation modifiée.")
        return redirect("financements:imputations", slug=slug)
    contexte = _contexte(
        request,
        imputation.appel,
        form=form,
        imputation=imputation,
        est_utilisee=imputation.pk in utilisees(imputation.appel),
    )
    return render(request, "financements/imputation/regler.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_imputer)
def supprimer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Demande confirmation, puis supprime."""
    imputation = _imputation(request, slug, pk)
    if request.method != "POST":
        contexte = _contexte(request, imputation.appel, imputation=imputation)
        return render(request, "financements/imputation/supprimer.html", contexte)
    acte = partial(supprimer_une_imputation, auteur=personne_de(request), imputation=imputation)
    agir(request, acte, f"Imputation {imputation} supprimée.")
    return redirect("financements:imputations", slug=slug)


def _imputation(request: HttpRequest, slug: str, pk: int) -> Imputation:
    """Celle de cette adresse. Lève `Http404`."""
    personne = personne_de(request)
    lisibles = Imputation.objects.visibles_par(personne).filter(appel=appel_visible(personne, slug))
    return get_object_or_404(lisibles.select_related("appel"), pk=pk)


def _contexte(request: HttpRequest, appel: AppelAProjets, **autres: Any) -> dict[str, Any]:
    return {
        "appel": appel,
        "onglets": onglets(personne_de(request), appel),
        "onglet": "imputations",
        "form": None,
        "imputation": None,
        "est_utilisee": False,
    } | autres
