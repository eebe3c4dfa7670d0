"""Créer un appel, ou copier un appel passé."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.copier_appel import copier_appel
from projets.actions.creer_appel import creer_appel
from projets.forms.appel import AppelForm
from projets.models import AppelAProjets
from projets.permissions import peut_regler_les_appels
from projets.views.gestes import enregistre


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def nouveau(request: HttpRequest) -> HttpResponse:
    """Un appel vide, en brouillon ; ses axes et le reste se règlent ensuite."""
    form = AppelForm(request.POST or None)
    if enregistre(form, lambda: creer_appel(auteur=personne_de(request), appel=form.instance, axes=[])):
        messages.success(request, "L’appel est créé, en brouillon : personne d’autre ne le voit.")
        return redirect("projets:reglages", slug=form.instance.slug)
    sources = AppelAProjets.objects.all()
    return render(request, "projets/reglages/nouveau.html", {"form": form, "sources": sources, "fil": _fil()})


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def copier(request: HttpRequest, slug: str) -> HttpResponse:
    """Un brouillon qui demande ce que demandait un autre appel, pour les années qui suivent."""
    source = get_object_or_404(AppelAProjets, slug=slug)
    duree = source.annee_fin - source.annee_debut
    initial = {
        "presentation": source.presentation,
        "qui_peut_repondre": source.qui_peut_repondre,
        "contact": source.contact,
        "annee_debut": source.annee_fin + 1,
        "annee_fin": source.annee_fin + 1 + duree,
        "part_pro_cible": source.part_pro_cible,
        "notations_attendues": source.notations_attendues,
        "ecart_de_troisieme_avis": source.ecart_de_troisieme_avis,
    }
    form = AppelForm(request.POST or None, initial=initial)
    if enregistre(form, lambda: copier_appel(auteur=personne_de(request), source=source, appel=form.instance)):
        messages.success(request, "L’appel est copié, en brouillon : il reste à joindre son règlement.")
        return redirect("projets:reglages", slug=form.instance.slug)
    return render(request, "projets/reglages/copier.html", {"form": form, "source": source, "fil": _fil()})


def _fil() -> list[tuple[str, str]]:
    return [("Appels à projets", reverse("projets:appels"))]
