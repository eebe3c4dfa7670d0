"""Les avenants d’une convention : les rédiger, les éditer, les signer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.conventions.avenants import (
    abandonner_un_avenant,
    creer_un_avenant,
    editer_un_avenant,
    modifier_un_avenant,
    reprendre_un_avenant,
    signer_un_avenant,
)
from financements.forms.avenants import AvenantForm
from financements.forms.conventions import SignaturesForm
from financements.models import Avenant, Convention
from financements.permissions import peut_conventionner, peut_lire_les_financements
from financements.registre.cachet import est_regle
from financements.states.execution import EtatAvenant
from financements.views.conventions.commun import (
    autour,
    convention_visible,
    derniere_demande,
)
from projets.views.gestes import agir, enregistre

GESTES: dict[str, tuple[Callable[..., object], str]] = {
    "editer": (editer_un_avenant, "L’avenant est édité\u00a0: son PDF se prépare."),
    "reprendre": (reprendre_un_avenant, "La rédaction de l’avenant est reprise."),
    "abandonner": (abandonner_un_avenant, "L’avenant est abandonné."),
}


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def nouvel_avenant(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Ouvrir un avenant."""
    personne = personne_de(request)
    convention = convention_visible(personne, slug, numero)
    form = AvenantForm(request.POST or None, convention=convention)
    if request.method == "POST" and form.is_valid():
        faits: list[Avenant] = []
        if enregistre(
            form,
            lambda: faits.append(creer_un_avenant(auteur=personne, convention=convention, demande=form.demande())),
        ):
            messages.success(request, "L’avenant est en préparation.")
            return redirect("financements:avenant", slug=slug, numero=numero, rang=faits[0].numero)
    return render(request, "financements/conventions/nouvel_avenant.html", _contexte(request, convention, form))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_financements)
def avenant(request: HttpRequest, slug: str, numero: int, rang: int) -> HttpResponse:
    """Le lire ; en préparation, le modifier."""
    personne = personne_de(request)
    convention, lu = _avenant(request, slug, numero, rang)
    form = None
    if peut_conventionner(personne) and lu.etat == EtatAvenant.PREPARATION:
        form = AvenantForm(request.POST or None, convention=convention, avenant=lu)
    elif request.method == "POST":
        raise Http404
    if form is not None and request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        if enregistre(
            form,
            lambda: modifier_un_avenant(auteur=personne, avenant=lu, demande=form.demande(), version=version),
        ):
            messages.success(request, "L’avenant est enregistré.")
            return redirect("financements:avenant", slug=slug, numero=numero, rang=rang)
    contexte = _contexte(request, convention, form) | {
        "avenant": lu,
        "montants": [(annee, lu.montants_avant.get(annee), apres) for annee, apres in lu.montants_apres.items()],
        "tirage": lu.tirages.first(),
        "signature": derniere_demande(convention, lu),
        "peut_envoyer_au_prestataire": peut_conventionner(personne) and lu.etat == EtatAvenant.EDITE and est_regle(),
    }
    return render(request, "financements/conventions/avenant.html", contexte)


@require_POST
@reservee_a(peut_conventionner)
def agir_sur_l_avenant(request: HttpRequest, slug: str, numero: int, rang: int, geste: str) -> HttpResponse:
    """Éditer, reprendre, abandonner."""
    if geste not in GESTES:
        raise Http404
    personne = personne_de(request)
    _, lu = _avenant(request, slug, numero, rang)
    acte, reussite = GESTES[geste]
    agir(request, lambda: acte(auteur=personne, avenant=lu), reussite)
    return redirect("financements:avenant", slug=slug, numero=numero, rang=rang)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def signer_l_avenant(request: HttpRequest, slug: str, numero: int, rang: int) -> HttpResponse:
    """Enregistrer les signatures : les montants changent alors."""
    personne = personne_de(request)
    convention, lu = _avenant(request, slug, numero, rang)
    form = SignaturesForm(request.POST or None, initial={"version": lu.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if enregistre(
            form, lambda: signer_un_avenant(auteur=personne, avenant=lu, signatures=form.signatures(), version=version)
        ):
            messages.success(request, "L’avenant est signé\u00a0: ce qu’il change est en vigueur.")
            return redirect("financements:avenant", slug=slug, numero=numero, rang=rang)
    contexte = _contexte(request, convention, form) | {"titre": "Enregistrer les signatures de l’avenant", "geste": ""}
    return render(request, "financements/conventions/formulaire.html", contexte)


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger_l_avenant(request: HttpRequest, slug: str, numero: int, rang: int) -> HttpResponseBase:
    """Son PDF."""
    convention, lu = _avenant(request, slug, numero, rang)
    return telechargement(lu.fichier, f"convention-{convention.numero}-avenant-{lu.numero}.pdf")


def _avenant(request: HttpRequest, slug: str, numero: int, rang: int) -> tuple[Convention, Avenant]:
    convention = convention_visible(personne_de(request), slug, numero)
    lu = get_object_or_404(Avenant.objects.select_related("deliberation"), convention=convention, numero=rang)
    lu.convention = convention
    return convention, lu


def _contexte(request: HttpRequest, convention: Convention, form: Any) -> dict[str, Any]:
    projet = convention.action.projet
    etape = (str(convention), reverse("financements:convention", args=[projet.appel.slug, projet.numero]))
    return autour(personne_de(request), projet.appel, etape) | {
        "convention": convention,
        "projet": projet,
        "form": form,
    }
