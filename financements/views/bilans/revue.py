"""La file des bilans d’un appel et la revue de chacun : corriger, valider, rouvrir."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de, trier
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.bilans.revoir import demander_une_correction, rouvrir_le_bilan, valider_le_bilan
from financements.chiffres.bilans import chiffres_de_la_revue, suivi_des_bilans
from financements.forms.bilans.revue import RETARD, CorrectionForm, FiltreDesBilans, ValidationDuBilanForm
from financements.models import Bilan
from financements.permissions import (
    peut_lire_les_bilans,
    peut_lire_les_financements,
    peut_regler_les_bilans,
    peut_revoir_les_bilans,
    peut_rouvrir_un_bilan,
)
from financements.states.execution import CYCLE_BILAN
from financements.views.appels import appel_visible, onglets
from financements.views.bilans.affichage import lecture
from projets.models import AppelAProjets, Projet
from projets.views.gestes import enregistre

TRIS = {
    "echeance": "du_le",
    "numero": "action__projet__numero",
    "intitule": "action__projet__intitule_tri",
    "organisme": "action__projet__organisme__nom_tri",
    "depot": "depose_le",
}


@require_safe
@reservee_a(peut_lire_les_bilans)
def file_des_bilans(request: HttpRequest) -> HttpResponse:
    """Mène à ceux du dernier appel qui en a ; sans bilan, dit quand il y en aura."""
    siens = Bilan.objects.visibles_par(personne_de(request)).values("action__projet__appel")
    appel = AppelAProjets.objects.visibles_par(personne_de(request)).filter(pk__in=siens).votes_d_abord().first()
    if appel is None:
        return render(request, "financements/bilans/vide.html")
    return redirect("financements:bilans", slug=appel.slug)


@require_safe
@reservee_a(peut_lire_les_bilans)
def bilans(request: HttpRequest, slug: str) -> HttpResponse:
    """La file : filtrée par année, état et mot ; ce qu’il en reste à rendre et à revoir."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    visibles = Bilan.objects.visibles_par(personne).filter(action__projet__appel=appel)
    filtre = FiltreDesBilans(request.GET, appel.annees)
    filtre.is_valid()
    choisis = _filtrer(visibles, filtre.cleaned_data)
    lignes, tri = trier(choisis, request.GET.get("tri", ""), TRIS, "echeance")
    page = page_de(request, lignes.select_related("action__projet__organisme", "action__projet__appel"))
    contexte = {
        "appel": appel,
        "form": filtre,
        "page": page,
        "tri": tri,
        "suivi": suivi_des_bilans(visibles, timezone.localdate()),
        "jour": timezone.localdate(),
        "peut_regler": peut_regler_les_bilans(personne),
        **_entourage(personne, appel),
    }
    return render(request, "financements/bilans/file.html", contexte)


def _entourage(personne: Personne, appel: AppelAProjets) -> dict[str, Any]:
    """Les pages sœurs, pour qui lit les financements ; un instructeur n’a que la file."""
    return {"onglets": onglets(personne, appel) if peut_lire_les_financements(personne) else [], "onglet": "bilans"}


def _filtrer(lignes: Any, valeurs: dict[str, Any]) -> Any:
    if valeurs.get("annee"):
        lignes = lignes.filter(annee=valeurs["annee"])
    if valeurs.get("etat") == RETARD:
        lignes = lignes.en_retard(timezone.localdate())
    elif valeurs.get("etat"):
        lignes = lignes.filter(etat=valeurs["etat"])
    if valeurs.get("q"):
        lignes = lignes.filter(action__projet__in=Projet.objects.cherches(valeurs["q"]).values("pk"))
    return lignes


def bilan_visible(request: HttpRequest, slug: str, numero: int, annee: int) -> Bilan:
    """Le bilan, s’il est de ceux que cette personne voit ; sinon un 404."""
    visibles = Bilan.objects.visibles_par(personne_de(request)).en_dossier()
    return get_object_or_404(visibles, action__projet__appel__slug=slug, action__projet__numero=numero, annee=annee)


@require_safe
@reservee_a(peut_lire_les_bilans)
def bilan(request: HttpRequest, slug: str, numero: int, annee: int) -> HttpResponse:
    """La revue : réalisé et prévu, écarts expliqués, résultats, historique, et ce que l’on peut en faire."""
    personne = personne_de(request)
    vu = bilan_visible(request, slug, numero, annee)
    possibles = CYCLE_BILAN.actes_possibles(vu.etat) if peut_revoir_les_bilans(personne) else []
    contexte = {
        **lecture(vu),
        "appel": vu.action.projet.appel,
        "chiffres": chiffres_de_la_revue(vu),
        "peut_corriger": "demander_une_correction" in possibles,
        "peut_valider": "valider" in possibles,
        "peut_rouvrir": "rouvrir" in possibles and peut_rouvrir_un_bilan(personne),
        "lit_les_financements": peut_lire_les_financements(personne),
        "fil": _fil(vu),
        "ici": f"Bilan {annee}",
        "jour": timezone.localdate(),
        "est_en_retard": vu.est_en_retard(timezone.localdate()),
    }
    return render(request, "financements/bilans/revue.html", contexte)


def _fil(vu: Bilan) -> list[tuple[str, str]]:
    appel = vu.action.projet.appel
    return [(f"Bilans, {appel.intitule}", reverse("financements:bilans", args=[appel.slug]))]


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_revoir_les_bilans)
def corriger(request: HttpRequest, slug: str, numero: int, annee: int) -> HttpResponse:
    """Demander une correction, avec ce qui est à corriger."""
    vu = bilan_visible(request, slug, numero, annee)
    form = CorrectionForm(vu, request.POST or None)

    def acte() -> object:
        return demander_une_correction(auteur=personne_de(request), bilan=vu, **form.cleaned_data)

    return _faire(
        request, vu, form, acte, ("demander_une_correction", "Demander une correction", "Correction demandée.")
    )


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_revoir_les_bilans)
def valider(request: HttpRequest, slug: str, numero: int, annee: int) -> HttpResponse:
    """Valider, en retenant le coût réel éligible."""
    vu = bilan_visible(request, slug, numero, annee)
    form = ValidationDuBilanForm(vu, request.POST or None)

    def acte() -> object:
        return valider_le_bilan(auteur=personne_de(request), bilan=vu, **form.cleaned_data)

    return _faire(request, vu, form, acte, ("valider", "Valider le bilan", "Bilan validé."))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_rouvrir_un_bilan)
def rouvrir(request: HttpRequest, slug: str, numero: int, annee: int) -> HttpResponse:
    """Rendre à l’organisme un bilan validé."""
    vu = bilan_visible(request, slug, numero, annee)
    form = CorrectionForm(vu, request.POST or None)

    def acte() -> object:
        return rouvrir_le_bilan(auteur=personne_de(request), bilan=vu, **form.cleaned_data)

    return _faire(request, vu, form, acte, ("rouvrir", "Rouvrir le bilan", "Bilan rouvert."))


def _faire(
    request: HttpRequest, vu: Bilan, form: forms.Form, acte: Callable[[], object], textes: tuple[str, str, str]
) -> HttpResponse:
    """Fait l’acte et revient à la revue ; refusé, rend le formulaire tel que tapé. Impossible, le dit à la revue."""
    nom, titre, fait = textes
    if request.method != "POST" and nom not in CYCLE_BILAN.actes_possibles(vu.etat):
        messages.info(request, f"Ce bilan est «\u00a0{vu.get_etat_display()}\u00a0»\u00a0: il n’y a pas lieu.")
        return redirect(vu)
    if enregistre(form, acte):
        messages.success(request, fait)
        return redirect(vu)
    contexte = {
        "bilan": vu,
        "projet": vu.action.projet,
        "form": form,
        "titre": titre,
        "fil": [*_fil(vu), (f"Bilan {vu.annee}", vu.get_absolute_url())],
    }
    return render(request, "financements/bilans/acte.html", contexte)
