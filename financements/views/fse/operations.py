"""Le FSE d’une action : ses opérations, ce qui reste à mobiliser, les attestations."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.fse.operations import (
    Operation,
    a_attester,
    enregistrer_une_operation,
    etablir_l_attestation,
    reste_a_mobiliser,
    retirer_une_operation,
)
from financements.forms.fse import OperationForm
from financements.models import Action, AttestationFse, OperationFse
from financements.permissions import peut_lire_les_financements, peut_tenir_le_fse
from projets.views.gestes import agir, enregistre


def _action(personne: Personne, slug: str, numero: int) -> Action:
    visibles = Action.objects.visibles_par(personne).select_related(
        "projet__appel", "projet__organisme", "contrepartie_fse", "deliberation"
    )
    return get_object_or_404(visibles.prefetch_related("tranches"), projet__appel__slug=slug, projet__numero=numero)


def _operation(action: Action, pk: int) -> OperationFse:
    return get_object_or_404(OperationFse.objects.filter(contrepartie__action=action), pk=pk)


def _page(action: Action) -> str:
    projet = action.projet
    return reverse("financements:fse", args=[projet.appel.slug, projet.numero])


@require_safe
@reservee_a(peut_lire_les_financements)
def fse(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Les opérations et leurs attestations."""
    personne = personne_de(request)
    action = _action(personne, slug, numero)
    contrepartie = getattr(action, "contrepartie_fse", None)
    lues = OperationFse.objects.filter(contrepartie__action=action).prefetch_related("attestations__pdf")
    operations = [(une, a_attester(action, une)) for une in lues]
    contexte = {
        **_entourage(action),
        "contrepartie": contrepartie,
        "operations": operations,
        **_reste(action),
        "peut_ecrire": peut_tenir_le_fse(personne) and contrepartie is not None,
    }
    return render(request, "financements/fse/action.html", contexte)


def _entourage(action: Action) -> dict[str, Any]:
    projet = action.projet
    return {
        "action": action,
        "projet": projet,
        "appel": projet.appel,
        "fil": [(f"Action {projet.numero}", action.get_absolute_url())],
    }


def _reste(action: Action, sauf: OperationFse | None = None) -> dict[str, Decimal]:
    """Ce qui reste à mobiliser, ou ce dont les attestations établies dépassent l’aide."""
    reste = reste_a_mobiliser(action, sauf)
    return {"reste": max(reste, Decimal(0)), "depassement": max(-reste, Decimal(0))}


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_tenir_le_fse)
def nouvelle_operation(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Ajouter une opération."""
    return _ecrire(request, _action(personne_de(request), slug, numero), None)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_tenir_le_fse)
def operation(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Corriger une opération."""
    action = _action(personne_de(request), slug, numero)
    return _ecrire(request, action, _operation(action, pk))


def _ecrire(request: HttpRequest, action: Action, ecrite: OperationFse | None) -> HttpResponse:
    form = OperationForm(ecrite, request.POST or None)

    def acte() -> object:
        lues = dict(form.cleaned_data)
        version = lues.pop("version")
        return enregistrer_une_operation(
            auteur=personne_de(request), action=action, donnees=Operation(**lues), operation=ecrite, version=version
        )

    if enregistre(form, acte):
        messages.success(request, "Opération enregistrée.")
        return redirect(_page(action))
    contexte = {**_entourage(action), "form": form, "ecrite": ecrite, **_reste(action, ecrite)}
    return render(request, "financements/fse/operation.html", contexte)


@require_POST
@reservee_a(peut_tenir_le_fse)
def retirer(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Retirer une opération sans attestation."""
    personne = personne_de(request)
    action = _action(personne, slug, numero)
    visee = _operation(action, pk)
    agir(request, lambda: retirer_une_operation(auteur=personne, action=action, operation=visee), "Opération retirée.")
    return redirect(_page(action))


@require_POST
@reservee_a(peut_tenir_le_fse)
def attester(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Établir l’attestation d’une opération."""
    personne = personne_de(request)
    action = _action(personne, slug, numero)
    visee = _operation(action, pk)
    fait = "L’attestation est établie\u00a0; son PDF se prépare."
    agir(request, lambda: etablir_l_attestation(auteur=personne, action=action, operation=visee), fait)
    return redirect(_page(action))


@require_safe
@reservee_a(peut_lire_les_financements)
def attestation(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponseBase:
    """Le PDF d’une attestation."""
    action = _action(personne_de(request), slug, numero)
    faites = AttestationFse.objects.filter(action=action, pdf__isnull=False).select_related("pdf")
    faite = get_object_or_404(faites, pk=pk)
    return telechargement(faite.pdf.fichier, f"{faite.numero}.pdf")
