"""Proposer une sélection : régler le calcul, attendre, lire ce qu’il a trouvé. Il ne décide de rien."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.calculer import annuler_un_calcul, demander_un_calcul
from financements.chiffres.arbitrage.compte_rendu import CompteRendu, relire
from financements.chiffres.arbitrage.parametres import Parametres, dire_les_parametres
from financements.chiffres.arbitrage.probleme import noms_des_territoires
from financements.forms.calcul import CalculForm, depart_d_un_calcul, depart_du_formulaire
from financements.models import CalculDeSelection, Scenario
from financements.models.deports import projets_fermes_a
from financements.permissions import peut_arbitrer
from financements.planning import lancer_un_calcul
from financements.rules.selection.phrases import PRUDENCE
from financements.states import APPELS_ARBITRABLES
from financements.views.appels import appel_visible, onglets
from financements.views.arbitrage.navigation import pages_de_l_arbitrage
from financements.views.travaux import avancement_de
from projets.models import AppelAProjets

CHIFFRES = 18  # ceux qu’un identifiant de PostgreSQL a au plus


def calcul_visible(personne: Personne, slug: str, pk: int) -> CalculDeSelection:
    """Le calcul de cette adresse, son appel et ses scénarios lus. Lève `Http404` s’il n’est pas de son périmètre."""
    appels = AppelAProjets.objects.visibles_par(personne).filter(slug=slug)
    visibles = CalculDeSelection.objects.visibles_par(personne).filter(appel__in=appels)
    lies = ("appel", "demande_par", "base__appel", "scenario__appel")
    return get_object_or_404(visibles.select_related(*lies), pk=pk)


@require_safe
@reservee_a(peut_arbitrer)
def calculs(request: HttpRequest, slug: str) -> HttpResponse:
    """Les calculs que l’on voit, du dernier au premier."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    visibles = CalculDeSelection.objects.visibles_par(personne).filter(appel=appel)
    page = page_de(request, visibles.select_related("demande_par", "scenario"))
    trouves = [(un, relire(un.resultat) if un.resultat else None) for un in page.object_list]
    contexte = {"page": page, "trouves": trouves, **_autour(personne, appel)}
    return render(request, "financements/arbitrage/calculs/liste.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def nouveau(request: HttpRequest, slug: str) -> HttpResponse:
    """Régler et lancer ; `?comme=` reprend les réglages d’un calcul, `?base=` part d’un scénario, et de son calcul."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    form = _formulaire(request, personne, appel, _depart(personne, appel, request.GET))
    if request.method == "POST" and form.is_valid():
        lus = form.cleaned_data
        try:
            calcul = demander_un_calcul(
                auteur=personne, appel=appel, base=lus["base"], nom=lus["nom"], parametres=form.parametres()
            )
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        else:
            lancer_un_calcul(calcul.pk)
            return redirect(calcul)
    contexte = {"form": form, "envoi": request.get_full_path(), "fil": _fil(appel), **_autour(personne, appel)}
    return render(request, "financements/arbitrage/calculs/nouveau.html", contexte)


def _depart(personne: Personne, appel: AppelAProjets, adresse: QueryDict) -> dict[str, Any]:
    rang = CalculDeSelection.objects.filter(appel=appel).count() + 1
    scenarios = Scenario.objects.visibles_par(personne).filter(appel=appel)
    scenario = scenarios.filter(pk=_identifiant(adresse, "base")).first()
    visibles = CalculDeSelection.objects.visibles_par(personne).filter(appel=appel)
    origine = visibles.filter(pk=_identifiant(adresse, "comme")).first()
    if scenario is not None:
        origine = scenario.calculs.first()
    if origine is None:
        return depart_du_formulaire(appel, rang, scenario)
    return depart_d_un_calcul(origine, rang) | ({"base": scenario.pk} if scenario else {})


def _identifiant(adresse: QueryDict, nom: str) -> int:
    """Celui de l’adresse ; zéro, que rien ne porte, s’il manque ou n’en est pas un."""
    lu = adresse.get(nom, "")
    return int(lu) if lu.isdecimal() and len(lu) <= CHIFFRES else 0


def _formulaire(request: HttpRequest, personne: Personne, appel: AppelAProjets, depart: dict[str, Any]) -> CalculForm:
    saisie = request.POST if request.method == "POST" else None
    return CalculForm(saisie, personne=personne, appel=appel, noms=noms_des_territoires(), initial=depart)


@require_safe
@reservee_a(peut_arbitrer)
def calcul(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """L’avancement, puis ce qui a été trouvé, et les réglages prêts pour un autre essai."""
    personne = personne_de(request)
    trouve = calcul_visible(personne, slug, pk)
    rang = CalculDeSelection.objects.filter(appel=trouve.appel).count() + 1
    noms = noms_des_territoires()
    scenarios = Scenario.objects.visibles_par(personne).select_related("appel")
    lus = {
        scenario.pk: scenario for scenario in scenarios.filter(pk__in=[trouve.scenario_id or 0, trouve.base_id or 0])
    }
    rendu, tues = _rendu(personne, trouve)
    contexte = {
        "calcul": trouve,
        "rendu": rendu,
        "tues": tues,
        "reglages": dire_les_parametres(Parametres.de_json(trouve.parametres), noms),
        "prudence": PRUDENCE,
        "scenario": lus.get(trouve.scenario_id or 0),
        "base": lus.get(trouve.base_id or 0),
        "peut_annuler": trouve.demande_par_id == personne.pk,
        "form": CalculForm(personne=personne, appel=trouve.appel, noms=noms, initial=depart_d_un_calcul(trouve, rang)),
        "envoi": f"{reverse('financements:nouveau_calcul', args=[slug])}?comme={trouve.pk}",
        "fil": _fil(trouve.appel),
        **_autour(personne, trouve.appel),
    }
    return render(request, "financements/arbitrage/calculs/calcul.html", contexte)


def _rendu(personne: Personne, calcul: CalculDeSelection) -> tuple[CompteRendu | None, int]:
    """Ce que le calcul a trouvé, sans les projets dont elle s’est déportée ; et combien y sont tus."""
    if not calcul.resultat:
        return None, 0
    rendu = relire(calcul.resultat)
    fermes = set(projets_fermes_a(personne).values_list("projet", flat=True))
    ouverts = [manque for manque in rendu.manques if manque[0] not in fermes]
    return replace(rendu, manques=ouverts), len(rendu.manques) - len(ouverts)


@require_GET
@reservee_a(peut_arbitrer)
def avancement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement, deux fois par seconde. Le calcul fini, la page qui le montre est rechargée."""
    personne = personne_de(request)
    trouve = calcul_visible(personne, slug, pk)
    contexte = {"calcul": trouve, "appel": trouve.appel, "peut_annuler": trouve.demande_par_id == personne.pk}
    return avancement_de(request, trouve, "financements/arbitrage/calculs/_avancement.html", contexte)


@require_POST
@reservee_a(peut_arbitrer)
def annuler(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Arrête son calcul."""
    personne = personne_de(request)
    trouve = calcul_visible(personne, slug, pk)
    if trouve.demande_par_id != personne.pk:
        raise PermissionDenied
    try:
        annule = annuler_un_calcul(auteur=personne, calcul=trouve)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Le calcul s’arrête." if annule.est_actif else "Le calcul est annulé.")
    return redirect(trouve)


def _fil(appel: AppelAProjets) -> list[tuple[str, str]]:
    return [("Calculs", reverse("financements:calculs", args=[appel.slug]))]


def _autour(personne: Personne, appel: AppelAProjets) -> dict[str, Any]:
    return {
        "appel": appel,
        "est_arbitrable": appel.etat in APPELS_ARBITRABLES,
        "onglets": onglets(personne, appel),
        "onglet": "arbitrage",
        "pages": pages_de_l_arbitrage(appel),
        "ici": "calculs",
    }
