"""Opérations en lot, annuler, rétablir : un envoi, puis le retour à l’écran d’arbitrage."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.montants import MOINS, en_centimes, format_nombre
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.ecriture import Etat
from financements.actions.arbitrage.imposer import imposer_au_calcul
from financements.actions.arbitrage.saisir import Operation, annuler, retablir, saisir_en_lot
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.deports import lignes_fermees
from financements.filters import LigneFilterSet
from financements.forms.arbitrage import CHOIX_DES_OPERATIONS, IMPOSITIONS, OPERATIONS, LotForm
from financements.models import CoupDeScenario, LigneDeScenario, Scenario
from financements.permissions import peut_arbitrer
from financements.rules import saisie as regles
from financements.states import Imposition
from financements.views.arbitrage.navigation import scenario_visible


@dataclass(frozen=True)
class Coups:
    """Ce que l’on annulerait et ce que l’on rétablirait ; vide s’il n’y a rien."""

    a_annuler: str = ""
    a_retablir: str = ""


def coups_possibles(scenario: Scenario, personne: Personne) -> Coups:
    """Le dernier coup fait, et le dernier annulé ; rien de celui qui touche un projet dont elle s’est déportée."""
    rangs = [scenario.rang, scenario.rang + 1]
    lus = CoupDeScenario.objects.filter(scenario=scenario, rang__in=rangs)
    fermees = lignes_fermees(personne, scenario)
    if not fermees:
        lus = lus.defer("lignes")  # mille lignes, que rien ne lit
    libelles = {
        coup.rang: coup.libelle
        for coup in lus
        if not (fermees and fermees.intersection(ligne for ligne, *_ in coup.lignes))
    }
    return Coups(libelles.get(rangs[0], ""), libelles.get(rangs[1], ""))


@require_POST
@reservee_a(peut_arbitrer)
def appliquer_en_lot(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """La même opération sur tous les projets que retiennent les filtres de `requete`, en un seul coup."""
    personne = personne_de(request)
    vu = scenario_visible(personne, slug, pk)
    requete = QueryDict(request.POST.get("requete", ""))
    form = LotForm(request.POST)
    if not form.is_valid():
        for erreurs in form.errors.values():
            messages.error(request, " ".join(str(erreur) for erreur in erreurs))
        return _retour(vu, requete)
    lignes = LigneDeScenario.objects.filter(scenario=vu).visibles_par(personne)
    filtre = LigneFilterSet(requete, queryset=lignes, panneau=Panneau(vu))
    projets = list(filtre.qs.values_list("projet", flat=True))
    cle, valeur = form.cleaned_data["operation"], form.cleaned_data["valeur"]
    if cle in IMPOSITIONS:
        return _imposer(request, vu, projets, IMPOSITIONS[cle])
    try:
        coup = saisir_en_lot(
            auteur=personne,
            scenario=vu,
            projets=projets,
            operation=operation(cle, valeur),
            libelle=libelle(cle, valeur, len(projets)),
        )
    except PassageRefuse as refus:
        messages.error(request, str(refus))
        return _retour(vu, requete)
    changes = len(coup.lignes) if coup else 0
    changes_lus = "1 projet changé" if changes == 1 else f"{format_nombre(changes)} projets changés"
    messages.success(request, f"{changes_lus} sur {format_nombre(len(projets))}.")
    return _retour(vu, requete)


def _imposer(request: HttpRequest, vu: Scenario, projets: list[int], imposition: Imposition) -> HttpResponse:
    try:
        changes = imposer_au_calcul(auteur=personne_de(request), scenario=vu, projets=projets, imposition=imposition)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        projets_changes = "1 projet change" if len(changes) == 1 else f"{format_nombre(len(changes))} projets changent"
        messages.success(
            request,
            f"Pour le calcul, {projets_changes}\u00a0: {imposition.label}. «\u00a0Annuler\u00a0» n’y revient "
            "pas\u00a0; choisissez une autre imposition pour cela.",
        )
    return _retour(vu, QueryDict(request.POST.get("requete", "")))


@require_POST
@reservee_a(peut_arbitrer)
def annuler_le_coup(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Défait la dernière saisie."""
    return _jouer(request, slug, pk, lambda p, s: f"Annulé\u00a0: {annuler(auteur=p, scenario=s).libelle}.")


@require_POST
@reservee_a(peut_arbitrer)
def retablir_le_coup(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Refait la saisie annulée en dernier."""
    return _jouer(request, slug, pk, lambda p, s: f"Rétabli\u00a0: {retablir(auteur=p, scenario=s).libelle}.")


def operation(cle: str, valeur: Decimal | None) -> Operation:
    """L’opération du formulaire. `valeur` : % pour « varier », euros pour « plafonner »."""
    if cle in CHOIX_DES_OPERATIONS:
        return lambda etat, _bornes: Etat(CHOIX_DES_OPERATIONS[cle], etat.montants)
    nombre = en_centimes(valeur or Decimal(0))  # deux décimales : centièmes de % ou centimes
    calculs: dict[str, Callable[[Etat, regles.Bornes], dict[int, int]]] = {
        "varier": lambda etat, bornes: regles.varier(etat.montants, nombre, bornes),
        "plafonner": lambda etat, _bornes: regles.plafonner(etat.montants, nombre),
        "au_propose": lambda _etat, bornes: regles.au_propose(bornes),
        "au_demande": lambda _etat, bornes: regles.au_demande(bornes),
    }
    return lambda etat, bornes: Etat(etat.choix, calculs[cle](etat, bornes))


def libelle(cle: str, valeur: Decimal | None, nombre: int) -> str:
    """« Varier de −3 % (182 projets filtrés) »."""
    dit = dict(OPERATIONS)[cle]
    if valeur is not None:
        dit = dit.replace("…", format_nombre(valeur, 2 if valeur % 1 else 0).replace("-", MOINS))
    return f"{dit} ({format_nombre(nombre)} projets filtrés)"


def _jouer(request: HttpRequest, slug: str, pk: int, coup: Callable[..., str]) -> HttpResponse:
    personne = personne_de(request)
    vu = scenario_visible(personne, slug, pk)
    try:
        messages.success(request, coup(personne, vu))
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return _retour(vu, QueryDict(request.POST.get("requete", "")))


def _retour(vu: Scenario, requete: QueryDict) -> HttpResponse:
    return redirect(f"{vu.get_absolute_url()}?{requete.urlencode()}" if requete else vu.get_absolute_url())
