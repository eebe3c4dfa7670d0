"""Comparer un scénario à un autre, ou au programme voté d’un appel précédent."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from financements.chiffres.arbitrage.comparaison import Comparaison, Sort, nature
from financements.models import Scenario
from financements.models.deports import projets_fermes_a
from financements.permissions import peut_arbitrer
from financements.views.appels import appel_visible, onglets
from financements.views.arbitrage.navigation import pages_de_l_arbitrage
from projets.models import AppelAProjets, Projet

PAR_PAGE = 50
PROGRAMME = "programme-"
NATURES = {
    "": "toutes les différences",
    "seul_a": "retenus à gauche seulement",
    "seul_b": "retenus à droite seulement",
    "montant": "montants différents",
    "choix": "retenus nulle part, choix différents",
}


@dataclass(frozen=True)
class Difference:
    """Un projet et ses deux sorts."""

    projet: Projet
    a: Sort
    b: Sort

    @property
    def ecart(self) -> Decimal:
        """b − a, en euros."""
        return self.b.montant - self.a.montant


@require_safe
@reservee_a(peut_arbitrer)
def comparer(request: HttpRequest, slug: str) -> HttpResponse:
    """`?a=` un scénario, `?b=` un autre ou « programme-<adresse> », `?nature=` les différences montrées."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    scenarios = list(Scenario.objects.visibles_par(personne).filter(appel=appel).select_related("appel"))
    programmes = _programmes(personne, appel)
    contexte: dict[str, Any] = {
        "appel": appel,
        "choix_a": [(str(un.pk), un.nom) for un in scenarios],
        "choix_b": [(str(un.pk), un.nom) for un in scenarios]
        + [(f"{PROGRAMME}{un.slug}", f"Programme voté {un.periode}") for un in programmes],
        "a": request.GET.get("a", ""),
        "b": request.GET.get("b", ""),
        "natures": NATURES.items(),
        "nature": request.GET.get("nature", ""),
        "comparaison": None,
        "onglets": onglets(personne, appel),
        "onglet": "arbitrage",
        "pages": pages_de_l_arbitrage(appel),
        "ici": "comparer",
    }
    par_cle: dict[str, Scenario | AppelAProjets] = {str(un.pk): un for un in scenarios}
    a = par_cle.get(contexte["a"])
    b = (par_cle | {f"{PROGRAMME}{un.slug}": un for un in programmes}).get(contexte["b"])
    if (contexte["a"] and a is None) or (contexte["b"] and b is None):
        raise Http404
    if isinstance(a, Scenario) and b is not None:
        contexte |= _comparaison(request, Comparaison(appel, a, b), contexte["nature"])
    return render(request, "financements/arbitrage/comparer.html", contexte)


def _programmes(personne: Personne, appel: AppelAProjets) -> list[AppelAProjets]:
    """Les appels qui ont des actions votées, sauf celui-ci."""
    votes = AppelAProjets.objects.visibles_par(personne).filter(projets__action__isnull=False).exclude(pk=appel.pk)
    return list(votes.distinct().order_by("-annee_debut", "pk"))


def _comparaison(request: HttpRequest, comparaison: Comparaison, choisie: str) -> dict[str, Any]:
    sorts = comparaison.sorts
    fermes = set(projets_fermes_a(personne_de(request)).values_list("projet", flat=True))
    cles = [projet for projet, paire in sorts.items() if projet not in fermes and choisie in ("", nature(*paire))]
    page = Paginator(cles, PAR_PAGE).get_page(request.GET.get("page"))
    lus = Projet.objects.filter(pk__in=page.object_list).select_related("organisme", "axe", "appel").in_bulk()
    return {
        "comparaison": comparaison,
        "page": page,
        "tues": len(fermes & sorts.keys()),
        "differences": [Difference(lus[projet], *sorts[projet]) for projet in page.object_list],
    }
