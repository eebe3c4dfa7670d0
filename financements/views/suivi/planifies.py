"""Les rapports planifiés : ceux qui existent, en planifier un, le régler."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.versions import VersionPerimee
from financements.actions.suivi.planifier import planifier_un_rapport, regler_la_planification
from financements.forms.planification import PlanificationForm
from financements.models import EcheanceDeRapport, PlanificationDeRapport
from financements.permissions import peut_demander_un_rapport
from projets.models import AppelAProjets

ECHEANCES_MONTREES = 12
PERIMEE = "Quelqu’un vient de régler ce rapport planifié : voici ses réglages présents, et vos choix au-dessous."


def _fil(*autres: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Rapports", reverse("financements:rapports")), *autres]


@require_safe
@reservee_a(peut_demander_un_rapport)
def planifies(request: HttpRequest) -> HttpResponse:
    """Les rapports planifiés, actifs d’abord, leur dernière échéance et la prochaine."""
    dernieres = EcheanceDeRapport.objects.select_related("rapport").order_by("planification_id", "-jour")
    visibles = (
        PlanificationDeRapport.objects.visibles_par(personne_de(request))
        .select_related("appel", "territoire", "axe")
        .prefetch_related(
            "destinataires", Prefetch("echeances", dernieres.distinct("planification_id"), to_attr="dernieres")
        )
    )
    return render(request, "financements/rapports/planifies.html", {"page": page_de(request, visibles), "fil": _fil()})


@reservee_a(peut_demander_un_rapport)
def planifier(request: HttpRequest) -> HttpResponse:
    """Un nouveau rapport planifié, sur l’appel de `?appel=` (le dernier voté par défaut)."""
    personne = personne_de(request)
    appels = list(AppelAProjets.objects.visibles_par(personne).votes_d_abord())
    slug = (request.POST or request.GET).get("appel")
    appel = next((un for un in appels if un.slug == slug), appels[0] if appels else None)
    if appel is None:
        return redirect("financements:rapports_planifies")
    form = PlanificationForm(request.POST or None, appel=appel, initial={"destinataires": [personne.pk]})
    if request.method == "POST" and form.is_valid():
        planification = planifier_un_rapport(auteur=personne, reglages=form.reglages)
        messages.success(request, f"Rapport planifié : {planification.get_frequence_display()}.")
        return redirect("financements:rapports_planifies")
    contexte = {"form": form, "appel": appel, "appels": appels, "fil": _fil(_liste())}
    return render(request, "financements/rapports/planifier.html", contexte)


def _liste() -> tuple[str, str]:
    return ("Rapports planifiés", reverse("financements:rapports_planifies"))


@reservee_a(peut_demander_un_rapport)
def planifie(request: HttpRequest, pk: int) -> HttpResponse:
    """Régler, arrêter ou reprendre un rapport planifié ; ses échéances passées."""
    personne = personne_de(request)
    visibles = PlanificationDeRapport.objects.visibles_par(personne).select_related("appel", "territoire", "axe")
    lue = get_object_or_404(visibles, pk=pk)
    form = PlanificationForm(request.POST or None, appel=lue.appel, planification=lue)
    if request.method == "POST" and form.is_valid():
        try:
            regler_la_planification(
                auteur=personne,
                planification=lue,
                version=form.cleaned_data["version"],
                est_active=form.cleaned_data["est_active"],
                reglages=form.reglages,
            )
        except VersionPerimee:
            form.add_error(None, PERIMEE)
        else:
            messages.success(request, "Le rapport planifié est réglé.")
            return redirect("financements:rapports_planifies")
    return render(request, "financements/rapports/planifie.html", _contexte(lue, form))


def _contexte(lue: PlanificationDeRapport, form: PlanificationForm) -> dict[str, Any]:
    echeances = lue.echeances.select_related("rapport")[:ECHEANCES_MONTREES]
    return {"planification": lue, "form": form, "echeances": echeances, "fil": _fil(_liste())}
