"""Les scénarios d’un appel : la liste, en créer un, le régler, le supprimer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.scenarios import (
    NouveauScenario,
    creer_un_scenario,
    regler_un_scenario,
    supprimer_un_scenario,
)
from financements.chiffres.arbitrage.liste import resumes
from financements.forms.arbitrage import NouveauScenarioForm, ScenarioForm
from financements.models import Scenario
from financements.permissions import administre_le_scenario, peut_arbitrer
from financements.states import APPELS_ARBITRABLES, OrigineScenario
from financements.views.appels import appel_visible, onglets
from financements.views.arbitrage.navigation import pages_de_l_arbitrage, scenario_visible
from financements.views.arbitrage.ouverture import ETAPES


@require_safe
@reservee_a(peut_arbitrer)
def scenarios(request: HttpRequest, slug: str) -> HttpResponse:
    """Les scénarios que l’on voit, avec leurs totaux : en un nombre fixe de requêtes."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    page = page_de(request, Scenario.objects.visibles_par(personne).filter(appel=appel).select_related("auteur"))
    contexte = {
        "appel": appel,
        "page": page,
        "resumes": resumes(list(page.object_list)),
        "est_arbitrable": appel.etat in APPELS_ARBITRABLES,
        "peut_ouvrir": appel.etat_effectif in ETAPES,
        "onglets": onglets(personne, appel),
        "onglet": "arbitrage",
        "pages": pages_de_l_arbitrage(appel),
        "ici": "scenarios",
    }
    return render(request, "financements/arbitrage/scenarios.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def nouveau(request: HttpRequest, slug: str) -> HttpResponse:
    """Créer un scénario ; `?source=` propose de copier celui-là."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    source = request.GET.get("source", "")
    depart = {"source": source, "origine": OrigineScenario.COPIE} if source.isdecimal() else {}
    form = NouveauScenarioForm(request.POST or None, personne=personne, appel=appel, initial=depart)
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data
        demande = NouveauScenario(
            nom=lues["nom"],
            origine=OrigineScenario(lues["origine"]),
            source=lues["source"],
            description=lues["description"],
            est_partage=lues["est_partage"],
        )
        try:
            scenario = creer_un_scenario(auteur=personne, appel=appel, nouveau=demande)
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        except ValidationError as refus:
            form.add_error("nom", refus.messages)
        else:
            messages.success(request, f"Scénario «\u00a0{scenario.nom}\u00a0» créé.")
            return redirect(scenario)
    fil = [("Scénarios", reverse("financements:scenarios", args=[slug]))]
    return render(request, "financements/arbitrage/nouveau.html", {"appel": appel, "form": form, "fil": fil})


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def regler(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Renommer, décrire, partager ; ou supprimer, après confirmation."""
    personne = personne_de(request)
    scenario = scenario_visible(personne, slug, pk)
    if not administre_le_scenario(personne, scenario):
        raise PermissionDenied
    form = ScenarioForm(request.POST or None, instance=scenario)
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data
        try:
            regler_un_scenario(
                auteur=personne,
                scenario=scenario,
                nom=lues["nom"],
                description=lues["description"],
                est_partage=lues["est_partage"],
            )
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        except ValidationError as refus:
            form.add_error("nom", refus.messages)
        else:
            messages.success(request, "Scénario enregistré.")
            return redirect(scenario)
    contexte = {"appel": scenario.appel, "scenario": scenario, "form": form, "fil": _fil(scenario)}
    return render(request, "financements/arbitrage/reglages.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def supprimer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Demander confirmation, puis supprimer."""
    personne = personne_de(request)
    scenario = scenario_visible(personne, slug, pk)
    if not administre_le_scenario(personne, scenario):
        raise PermissionDenied
    if request.method == "POST":
        try:
            supprimer_un_scenario(auteur=personne, scenario=scenario)
        except PassageRefuse as refus:
            messages.error(request, str(refus))
            return redirect(scenario)
        messages.success(request, f"Scénario «\u00a0{scenario.nom}\u00a0» supprimé.")
        return redirect("financements:scenarios", slug=slug)
    contexte = {"appel": scenario.appel, "scenario": scenario, "fil": _fil(scenario)}
    return render(request, "financements/arbitrage/supprimer.html", contexte)


def _fil(scenario: Scenario) -> list[tuple[str, str]]:
    liste = reverse("financements:scenarios", args=[scenario.appel.slug])
    return [("Scénarios", liste), (scenario.nom, scenario.get_absolute_url())]
