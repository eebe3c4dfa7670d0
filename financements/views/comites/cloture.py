"""Les écarts à l’ordre des notes, la clôture, le compte rendu."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from financements.actions.comite.seance import (
    clore_un_comite,
    ecrire_la_regle_des_ex_aequo,
    justifier_des_ecarts,
)
from financements.chiffres.comite.notes import OrdreDesNotes, ordre_des_notes
from financements.chiffres.comite.seance import seance_lue_par
from financements.chiffres.deports import points_tus
from financements.forms.comite import EcartForm, RegleForm
from financements.models import Comite
from financements.permissions import conduit_le_comite, peut_arbitrer
from financements.states import EtatComite
from financements.views.comites.commun import autour, comite_visible

POINTS_PAR_PAGE = 50
ECARTS_PAR_PAGE = 100
CHIFFRES = 18  # au-delà, un identifiant ne tient plus dans la colonne


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def ecarts(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ce qu’il reste à justifier, ce qui l’est, les ex æquo départagés ; l’envoi justifie, ou écrit la règle."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    if vu.etat != EtatComite.OUVERT:
        return redirect(vu)
    toutes = ordre_des_notes(vu)
    notes = toutes.ouvert_a(personne)
    est_regle = "regle_ex_aequo" in request.POST
    regle = RegleForm(request.POST if est_regle else None, initial={"regle_ex_aequo": vu.regle_ex_aequo})
    form = EcartForm(request.POST if request.method == "POST" and not est_regle else None, projets=_projets(notes))
    if request.method == "POST" and _ecrire(request, personne, vu, regle if est_regle else form):
        return redirect("financements:ecarts_du_comite", slug=slug, pk=pk)
    coches = {
        int(projet) for projet in request.POST.getlist("projets") if projet.isdecimal() and len(projet) <= CHIFFRES
    }
    justifies = request.GET.get("vue") == "justifies"
    lus, tous = (notes.justifies, toutes.justifies) if justifies else (notes.a_justifier, toutes.a_justifier)
    contexte = {
        "notes": notes,
        "reste_ailleurs": len(tous) - len(lus),
        "demande_une_regle": bool(toutes.ex_aequo),
        "tues": points_tus(personne, vu),
        "justifies": justifies,
        "page": Paginator(lus, ECARTS_PAR_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "regle": regle,
        "coches": coches,
    }
    return render(request, "financements/comites/ecarts.html", autour(personne, vu, "ecarts") | contexte)


def _ecrire(request: HttpRequest, personne: Personne, vu: Comite, form: EcartForm | RegleForm) -> bool:
    """Vrai si c’est écrit ; sinon l’erreur est dans le formulaire."""
    if not conduit_le_comite(personne, vu):
        raise PermissionDenied
    if not form.is_valid():
        return False
    lues = form.cleaned_data
    try:
        if isinstance(form, RegleForm):
            ecrire_la_regle_des_ex_aequo(auteur=personne, comite=vu, regle=lues["regle_ex_aequo"])
            messages.success(request, "Règle enregistrée.")
        else:
            ecrits = justifier_des_ecarts(
                auteur=personne, comite=vu, projets=lues["projets"], justification=lues["justification"]
            )
            messages.success(request, f"Écarts justifiés\u00a0: {len(ecrits)}.")
    except (PassageRefuse, ValidationError) as refus:
        form.add_error(None, str(refus) if isinstance(refus, PassageRefuse) else refus.messages)
        return False
    return True


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def clore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Dire ce que la clôture arrête, puis clore et photographier."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    if not conduit_le_comite(personne, vu):
        raise PermissionDenied
    if vu.etat != EtatComite.OUVERT:
        messages.error(request, "Ce comité n’est pas ouvert.")
        return redirect(vu)
    if request.method == "POST":
        try:
            clore_un_comite(auteur=personne, comite=vu)
        except PassageRefuse as refus:
            messages.error(request, str(refus))
            return redirect("financements:ecarts_du_comite", slug=slug, pk=pk)
        messages.success(request, "Le comité est clos\u00a0: sa séance est photographiée.")
        return redirect("financements:compte_rendu", slug=slug, pk=pk)
    contexte: dict[str, Any] = {"notes": ordre_des_notes(vu)}
    return render(request, "financements/comites/clore.html", autour(personne, vu, "seance") | contexte)


@require_safe
@reservee_a(peut_arbitrer)
def compte_rendu(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """La séance : la photographie si elle est close, ce qu’elle dit à cet instant sinon."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    if vu.etat == EtatComite.PREPARATION:
        return redirect(vu)
    lue = seance_lue_par(personne, vu)
    contexte = {
        "seance": lue,
        "page": Paginator(lue["points"], POINTS_PAR_PAGE).get_page(request.GET.get("page")),
        "tues": points_tus(personne, vu),
        "hors_seance": [point for point in lue["points"] if point["hors_seance"]],
        "photographie": vu.photographie if vu.etat == EtatComite.CLOS else None,
    }
    return render(request, "financements/comites/compte_rendu.html", autour(personne, vu, "compte_rendu") | contexte)


def _projets(notes: OrdreDesNotes) -> list[int]:
    return [ecart.projet.pk for ecart in (*notes.a_justifier, *notes.justifies)]
