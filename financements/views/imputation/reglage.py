"""Les imputations d’un appel : les lire, les régler."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
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
from financements.views.enveloppes.commun import reporter
from projets.models import AppelAProjets
from projets.views.gestes import agir, enregistre


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
    if request.method == "POST" and form.is_valid() and _modifier(request, imputation, form):
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


def _modifier(request: HttpRequest, imputation: Imputation, form: ImputationForm) -> bool:
    """Vrai si c’est fait ; sinon les refus sont dans le formulaire."""
    version = form.cleaned_data["version"] or 0
    try:
        modifier_une_imputation(
            auteur=personne_de(request), imputation=imputation, saisie=form.saisie(), version=version
        )
    except (ValidationError, PassageRefuse) as refus:
        reporter(refus, form)
    except VersionPerimee as perimee:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["version"] = str(perimee.actuel.version)  # type: ignore[index]
        form.add_error(
            None,
            f"Quelqu’un vient de modifier cette imputation\u00a0: {perimee.actuel}, {perimee.actuel.libelle}. "
            "Relisez votre saisie, puis envoyez de nouveau.",
        )
    else:
        return True
    return False


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
