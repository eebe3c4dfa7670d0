"""Les réglages d’un appel : vue d’ensemble, présentation, règlement, aperçu, publication."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.publier_appel import depublier_appel, publier_appel, reglages_de
from projets.actions.regler import modifier_appel
from projets.forms.appel import AppelForm, ReglementForm
from projets.forms.reponses import ReponsesForm
from projets.models import AppelAProjets
from projets.permissions import peut_lire_les_reglages, peut_regler_les_appels
from projets.rules.publication import champs_modifiables, manques
from projets.states import EtatAppel
from projets.views.appels import contexte_de_l_appel
from projets.views.gestes import agir, enregistre, version_lue

RUBRIQUES = (
    ("ensemble", "Vue d’ensemble"),
    ("presentation", "Présentation"),
    ("reglement", "Règlement"),
    ("axes", "Axes"),
    ("pieces", "Pièces"),
    ("questions", "Questions"),
    ("recevabilite", "Recevabilité"),
    ("criteres", "Critères"),
    ("apercu", "Aperçu"),
    ("prolongations", "Prolongations"),
)
PAGES = {"ensemble": "reglages", "presentation": "reglage_presentation", "reglement": "reglage_reglement"}
PAGES |= {"apercu": "apercu", "prolongations": "prolongations"}
A_ECRIRE = frozenset({"presentation", "reglement"})  # rien à lire : l’aperçu montre ce que ces formulaires écrivent


def adresse(appel: AppelAProjets, rubrique: str) -> str:
    """La page d’une rubrique."""
    if rubrique in PAGES:
        return reverse(f"projets:{PAGES[rubrique]}", args=[appel.slug])
    return reverse("projets:elements", args=[appel.slug, rubrique])


def contexte(request: HttpRequest, appel: AppelAProjets, rubrique: str, **autres: Any) -> dict[str, Any]:
    """Ce que toute page de réglage montre."""
    peut_regler = peut_regler_les_appels(personne_de(request))
    onglets = [(cle, libelle, adresse(appel, cle)) for cle, libelle in RUBRIQUES if peut_regler or cle not in A_ECRIRE]
    return {
        "appel": appel,
        "onglets": onglets,
        "rubrique": rubrique,
        "ici": dict(RUBRIQUES)[rubrique],
        "fil": [("Appels à projets", reverse("projets:appels")), (appel.intitule, adresse(appel, "ensemble"))],
        "peut_regler": peut_regler,
        "est_brouillon": appel.etat == EtatAppel.BROUILLON,
        **autres,
    }


@require_safe
@reservee_a(peut_lire_les_reglages)
def reglages(request: HttpRequest, slug: str) -> HttpResponse:
    """Où en est l’appel, ce qui manque avant de publier."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    restants = manques(reglages_de(appel), timezone.now()) if appel.etat == EtatAppel.BROUILLON else []
    a_faire = [
        (manque.texte, adresse(appel, manque.rubrique), dict(RUBRIQUES)[manque.rubrique]) for manque in restants
    ]
    return render(request, "projets/reglages/ensemble.html", contexte(request, appel, "ensemble", a_faire=a_faire))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def presentation(request: HttpRequest, slug: str) -> HttpResponse:
    """Les textes, les années, le calendrier, les crédits ; après publication, ce qui se corrige encore."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    permis = champs_modifiables(appel.etat_effectif)
    form = AppelForm(request.POST or None, instance=copy(appel), permis=permis)
    personne = personne_de(request)
    if enregistre(form, lambda: modifier_appel(auteur=personne, appel=form.instance, version=version_lue(form))):
        messages.success(request, "Réglages enregistrés.")
        return redirect("projets:reglages", slug=form.instance.slug)
    return render(request, "projets/reglages/presentation.html", contexte(request, appel, "presentation", form=form))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def reglement(request: HttpRequest, slug: str) -> HttpResponse:
    """Joindre le règlement, ou le remplacer tant que l’appel est un brouillon."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    form = ReglementForm(request.POST or None, request.FILES or None, initial={"version": appel.version})

    def joindre() -> None:
        voulu, recu = copy(appel), form.cleaned_data["reglement"]
        voulu.reglement, voulu.reglement_nom = recu, recu.name
        modifier_appel(auteur=personne_de(request), appel=voulu, version=version_lue(form))

    if enregistre(form, joindre):
        messages.success(request, "Règlement joint.")
        return redirect("projets:reglage_reglement", slug=slug)
    return render(request, "projets/reglages/reglement.html", contexte(request, appel, "reglement", form=form))


@require_safe
@reservee_a(peut_lire_les_reglages)
def apercu(request: HttpRequest, slug: str) -> HttpResponse:
    """La page publique et le formulaire, tels que le porteur les verra."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    publique = contexte_de_l_appel(appel)
    questions = list(appel.questions.order_by("ordre"))
    communes = [question for question in questions if question.axe_id is None]
    par_axe = [
        (axe, ReponsesForm(siennes, est_en_lecture=True))
        for axe in publique["axes"]
        if (siennes := [question for question in questions if question.axe_id == axe.pk])
    ]
    formulaires = {"commun": ReponsesForm(communes, est_en_lecture=True), "par_axe": par_axe}
    return render(
        request, "projets/reglages/apercu.html", publique | contexte(request, appel, "apercu", **formulaires)
    )


@require_POST
@reservee_a(peut_regler_les_appels)
def publier(request: HttpRequest, slug: str) -> HttpResponse:
    """Publier, ou dire ce qui manque."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    agir(request, lambda: publier_appel(auteur=personne_de(request), appel=appel), "L’appel est publié.")
    return redirect("projets:reglages", slug=slug)


@require_POST
@reservee_a(peut_regler_les_appels)
def depublier(request: HttpRequest, slug: str) -> HttpResponse:
    """Revenir au brouillon avant l’ouverture."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    agir(request, lambda: depublier_appel(auteur=personne_de(request), appel=appel), "L’appel redevient un brouillon.")
    return redirect("projets:reglages", slug=slug)
