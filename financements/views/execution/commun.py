"""Ce que partagent les écrans de l’exécution."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from comptes.models import Personne
from comptes.permissions import personne_de
from financements.models import Action, Versement
from financements.permissions import peut_executer, peut_liquider
from financements.views.appels import appel_visible, onglets
from projets.models import AppelAProjets


def contexte(request: HttpRequest, appel: AppelAProjets, **autres: Any) -> dict[str, Any]:
    """L’onglet « Versements », et ce que la personne peut faire."""
    personne = personne_de(request)
    return {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "versements",
        "peut_executer": peut_executer(personne),
        "peut_liquider": peut_liquider(personne),
    } | autres


def action_visible(personne: Personne, slug: str, numero: int) -> Action:
    """L’action de cette adresse. Lève `Http404`."""
    visibles = Action.objects.visibles_par(personne).select_related(
        "projet__appel", "projet__axe", "projet__organisme"
    )
    return get_object_or_404(visibles, projet__appel__slug=slug, projet__numero=numero)


def versement_visible(personne: Personne, slug: str, pk: int) -> Versement:
    """Le versement de cette adresse. Lève `Http404`."""
    appel_visible(personne, slug)
    visibles = Versement.objects.visibles_par(personne).select_related(
        "action__projet__appel", "action__projet__axe", "action__projet__organisme", "compte"
    )
    return get_object_or_404(visibles, pk=pk, action__projet__appel__slug=slug)
