"""L’exécution d’un programme, et d’un axe : du vote au paiement, en dessins et au centime."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from financements.chiffres import Perimetre, Programme
from financements.chiffres.execution.comparaison import comparer_les_annees, programme_precedent
from financements.chiffres.execution.programme import Execution
from financements.permissions import peut_lire_les_financements
from financements.views.appels import appel_visible, onglets
from financements.views.suivi.decoupes import par_axe, par_imputation, par_territoire
from financements.views.suivi.figures import figures_de_l_execution
from projets.models import Axe


@require_safe
@reservee_a(peut_lire_les_financements)
def suivi(request: HttpRequest, slug: str) -> HttpResponse:
    """AE, affecté, engagé, mandaté, payé : par exercice, axe, territoire, imputation ; comparaison des années."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    execution = Execution(Programme(Perimetre.entier(appel)))
    contexte = {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "suivi",
        "cloture": reverse("financements:derniere_cloture", args=[slug]),
        **_page(execution, slug, avec_axes=True),
        "comparaison": comparer_les_annees(execution, programme_precedent(appel)),
    }
    return render(request, "financements/suivi/suivi.html", contexte)


@require_safe
@reservee_a(peut_lire_les_financements)
def axe(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """L’exécution d’un axe, par exercice, territoire et imputation."""
    appel = appel_visible(personne_de(request), slug)
    ici = get_object_or_404(Axe, appel=appel, numero=numero)
    execution = Execution(Programme(Perimetre(appel, tuple(appel.annees), axe=ici)))
    contexte = {
        "appel": appel,
        "axe": ici,
        "actions": f"{reverse('financements:actions', args=[slug])}?axe={numero}",
        "organismes": f"{reverse('financements:organismes', args=[slug])}?axe={numero}",
        "fil": [(appel.intitule, reverse("financements:credits", args=[slug]))],
        **_page(execution, slug, avec_axes=False),
    }
    return render(request, "financements/suivi/axe.html", contexte)


def _page(execution: Execution, slug: str, *, avec_axes: bool) -> dict[str, object]:
    """Figures et découpes ; `execution` est None tant que rien n’a commencé."""
    figures = figures_de_l_execution(execution)
    if not figures:
        return {"execution": None}
    axes = [par_axe(execution, slug)] if avec_axes else []
    return {**figures, "decoupes": [*axes, par_territoire(execution, slug), par_imputation(execution)]}
