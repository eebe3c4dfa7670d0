"""Régler les bilans d’un appel, et ouvrir à la main ceux d’une année finie."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.bilans.ouvrir import ouvrir_les_bilans
from financements.actions.bilans.regler import Indicateur, regler_les_bilans
from financements.forms.bilans.revue import ReglageDesBilansForm, indicateurs_de
from financements.models import ReglageDesBilans
from financements.permissions import peut_regler_les_bilans
from financements.views.appels import appel_visible, onglets
from projets.models import AppelAProjets
from projets.views.gestes import enregistre


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_bilans)
def reglages_des_bilans(request: HttpRequest, slug: str) -> HttpResponse:
    """Le seuil des écarts et les indicateurs demandés."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    reglage = ReglageDesBilans.objects.filter(appel=appel).first() or ReglageDesBilans(appel=appel)
    form = ReglageDesBilansForm(request.POST or None, instance=reglage)
    indicateurs = indicateurs_de(reglage, request.POST or None)

    def acte() -> object:
        lus = form.cleaned_data
        return regler_les_bilans(
            auteur=personne,
            appel=appel,
            seuil=(lus["seuil_pourcent"], lus["seuil_montant"]),
            indicateurs=_lus(indicateurs),
            version=lus["version"],
        )

    if request.method == "POST" and indicateurs.is_valid() and enregistre(form, acte):
        messages.success(request, "Réglages enregistrés\u00a0: les bilans ouverts ensuite les suivront.")
        return redirect("financements:reglages_des_bilans", slug=slug)
    contexte = {
        "appel": appel,
        "form": form,
        "indicateurs": indicateurs,
        "annees_finies": _annees_finies(appel),
        "onglets": onglets(personne, appel),
        "onglet": "bilans",
    }
    return render(request, "financements/bilans/reglages.html", contexte)


def _lus(indicateurs: Any) -> list[Indicateur]:
    """Ceux qui ont un libellé, dans l’ordre des lignes."""
    lus = [form.cleaned_data for form in indicateurs.forms]
    return [
        Indicateur(un["libelle"].strip(), un["unite"].strip(), un["est_un_effectif"])
        for un in lus
        if un.get("libelle", "").strip()
    ]


def _annees_finies(appel: AppelAProjets) -> list[int]:
    return [annee for annee in appel.annees if annee < timezone.localdate().year]


@require_POST
@reservee_a(peut_regler_les_bilans)
def ouvrir(request: HttpRequest, slug: str) -> HttpResponse:
    """Ouvrir ceux d’une année finie qui ne le sont pas encore."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    choisie = request.POST.get("annee", "")
    if choisie not in {str(annee) for annee in _annees_finies(appel)}:
        messages.error(request, "Choisissez une année finie de l’appel.")
    else:
        nombre = ouvrir_les_bilans(annee=int(choisie), auteur=personne, appel=appel)
        dit = f"{nombre} bilans ouverts." if nombre > 1 else "Un bilan ouvert." if nombre else "Tous étaient ouverts."
        messages.success(request, dit)
    return redirect("financements:reglages_des_bilans", slug=slug)
