"""La page d’un versement : ce qui manque, ses pièces, le décompte de ce qui est déjà versé, ses actes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Document
from comptes.permissions import personne_de, reservee_a, voit_les_iban
from config.socle.fichiers.envoi import telechargement
from financements.actions.execution.constater import Retour, constater
from financements.actions.execution.liquider import liquider, revenir_sur_la_liquidation
from financements.actions.execution.pieces import refuser_une_piece, verifier_une_piece
from financements.chiffres.execution.action import ExecutionDeLAction
from financements.chiffres.execution.decompte import Decompte
from financements.forms.execution import LiquiderForm, MotifForm, RetourForm
from financements.models import PieceDeVersement, Versement
from financements.pdf.decompte import composer_le_decompte
from financements.permissions import peut_executer, peut_liquider, peut_lire_les_financements
from financements.states.execution import CYCLE_VERSEMENT, VERSEMENTS_OUVERTS, EtatVersement
from financements.views.execution.commun import contexte, versement_visible
from projets.views.gestes import agir, enregistre

_CONSTATS = {"mandater": "versement mandaté", "payer": "versement payé", "rejeter": "versement rejeté"}


@require_safe
@reservee_a(peut_lire_les_financements)
def versement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Lire un versement."""
    return _montrer(request, versement_visible(personne_de(request), slug, pk))


def _montrer(request: HttpRequest, vu: Versement, **formulaires: Form) -> HttpResponse:
    action = vu.action
    lignes = {un.versement.pk: un for un in ExecutionDeLAction(action).versements}
    depart = {"version": vu.version}
    return render(
        request,
        "financements/execution/versement.html",
        contexte(
            request,
            action.projet.appel,
            versement=vu,
            action=action,
            projet=action.projet,
            ligne=lignes[vu.pk],
            pieces=list(vu.pieces.select_related("document", "verifiee_par")),
            decompte=Decompte(vu),
            voit_les_iban=voit_les_iban(personne_de(request)),
            pieces_ouvertes=vu.etat in VERSEMENTS_OUVERTS,
            se_constate=vu.etat in (EtatVersement.LIQUIDE, EtatVersement.MANDATE, EtatVersement.REJETE),
            se_liquide=vu.etat in (EtatVersement.PREVU, EtatVersement.REJETE),
            est_liquide=vu.etat == EtatVersement.LIQUIDE,
            form_liquider=formulaires.get("liquider") or LiquiderForm(initial=depart),
            form_retour=_retour_possible(vu, formulaires.get("retour") or RetourForm(initial=depart)),
            form=formulaires.get("liquider") or formulaires.get("retour") or formulaires.get("motif"),
        ),
    )


def _retour_possible(vu: Versement, form: Form) -> Form:
    """Le retour, qui n’offre que ce que l’état du versement permet ; un envoi, lui, est jugé par l’acte."""
    possibles = CYCLE_VERSEMENT.actes_possibles(vu.etat)
    champ: Any = form.fields["acte"]
    champ.widget.choices = [(acte, libelle) for acte, libelle in champ.choices if acte in possibles]
    return form


def _adresse(vu: Versement) -> tuple[str, str, int]:
    return "financements:versement", vu.action.projet.appel.slug, vu.pk


@require_POST
@reservee_a(peut_liquider)
def liquider_le_versement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Liquider ; refusé avec la liste de ce qui manque."""
    personne = personne_de(request)
    vu = versement_visible(personne, slug, pk)
    form = LiquiderForm(request.POST)
    if form.is_valid():
        lus = form.cleaned_data
        acte = partial(
            liquider, auteur=personne, versement=vu, version=lus["version"], service_fait_le=lus["service_fait_le"]
        )
        if enregistre(form, acte):
            messages.success(request, "Le versement est liquidé.")
            return redirect(*_adresse(vu))
    return _montrer(request, vu, liquider=form)


@require_POST
@reservee_a(peut_liquider)
def constater_un_retour(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Constater un mandat, un paiement, un rejet."""
    personne = personne_de(request)
    vu = versement_visible(personne, slug, pk)
    form = RetourForm(request.POST)
    if form.is_valid():
        lus = dict(form.cleaned_data)
        version = lus.pop("version")
        retour = Retour(**lus)
        if enregistre(form, partial(constater, auteur=personne, versement=vu, retour=retour, version=version)):
            messages.success(request, f"Le retour est enregistré\u00a0: {_CONSTATS[retour.acte]}.")
            return redirect(*_adresse(vu))
    return _montrer(request, vu, retour=form)


@require_POST
@reservee_a(peut_liquider)
def annuler_la_liquidation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Revenir sur une liquidation que rien n’a mandatée."""
    personne = personne_de(request)
    vu = versement_visible(personne, slug, pk)
    version = request.POST.get("version", "")
    acte = partial(
        revenir_sur_la_liquidation,
        auteur=personne,
        versement=vu,
        version=int(version) if version.isdecimal() else 0,
    )
    agir(request, acte, "La liquidation est annulée.")
    return redirect(*_adresse(vu))


@require_safe
@reservee_a(peut_liquider)
def telecharger_le_decompte(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le décompte récapitulatif d’un versement liquidé, en PDF."""
    decompte = Decompte(versement_visible(personne_de(request), slug, pk))
    if not decompte.est_arrete:
        raise Http404
    reponse = HttpResponse(composer_le_decompte(decompte), content_type="application/pdf")
    nom = f"decompte-{decompte.versement.reference}.pdf"
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@require_safe
@reservee_a(peut_lire_les_financements)
def lire_la_piece(request: HttpRequest, slug: str, pk: int, piece: int) -> HttpResponseBase:
    """Le fichier que l’organisme a déposé, à qui le vérifie ; en quarantaine ou écarté, c’est un 404 pour tous."""
    vu = versement_visible(personne_de(request), slug, pk)
    siennes = PieceDeVersement.objects.filter(versement=vu, document__in=Document.objects.utilisables())
    sienne: Any = get_object_or_404(siennes.select_related("document"), pk=piece)
    return telechargement(sienne.document.fichier, sienne.document.nom)


@require_POST
@reservee_a(peut_executer)
def verifier_la_piece(request: HttpRequest, slug: str, pk: int, piece: int) -> HttpResponse:
    """La pièce reçue est bonne."""
    return _sur_la_piece(request, slug, pk, piece, partial(verifier_une_piece, auteur=personne_de(request)))


@require_POST
@reservee_a(peut_executer)
def refuser_la_piece(request: HttpRequest, slug: str, pk: int, piece: int) -> HttpResponse:
    """La pièce reçue ne convient pas : l’organisme lira pourquoi."""
    form = MotifForm(request.POST)
    motif = form.cleaned_data["motif"] if form.is_valid() else ""
    return _sur_la_piece(
        request, slug, pk, piece, partial(refuser_une_piece, auteur=personne_de(request), motif=motif)
    )


def _sur_la_piece(
    request: HttpRequest, slug: str, pk: int, piece: int, acte: Callable[..., PieceDeVersement]
) -> HttpResponse:
    vu = versement_visible(personne_de(request), slug, pk)
    sienne = get_object_or_404(PieceDeVersement, pk=piece, versement=vu)
    agir(request, partial(acte, piece=sienne), f"«\u00a0{sienne.libelle}\u00a0»\u00a0: c’est noté.")
    return redirect(*_adresse(vu))
