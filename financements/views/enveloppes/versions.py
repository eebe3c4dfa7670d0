"""Les versions de la répartition, à lire : ouvertes à qui lit les financements."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from financements.chiffres.equite import mesure_de
from financements.chiffres.tableaux_de_repartition import (
    avant_version,
    calcul_de,
    mouvements_de,
    tableaux_de,
    verifier,
)
from financements.chiffres.versions_de_repartition import version_numero
from financements.models import Repartition
from financements.permissions import peut_lire_les_financements
from financements.views.appels import appel_visible, onglets


@require_safe
@reservee_a(peut_lire_les_financements)
def repartitions(request: HttpRequest, slug: str) -> HttpResponse:
    """Les versions, de la dernière à la première."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    versions = Repartition.objects.filter(enveloppe__appel=appel).select_related("releve", "faite_par")
    return render(
        request,
        "financements/enveloppes/versions.html",
        {"appel": appel, "versions": versions, "onglets": onglets(personne, appel), "onglet": "repartitions"},
    )


@require_safe
@reservee_a(peut_lire_les_financements)
def repartition(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    """Une version : ce qu’elle donne, face à la précédente, et ce qui se recalcule."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    lue = version_numero(appel, version)
    if lue is None:
        raise Http404
    precedente = version_numero(appel, version - 1)
    avant = avant_version(precedente) if precedente else None
    periode, annees = tableaux_de(lue, avant, calcul_de(lue))
    contexte = {
        "appel": appel,
        "version": lue,
        "repartition": lue.repartition,
        "avant": avant,
        "periode": periode,
        "annees": annees,
        "verification": verifier(lue),
        "mouvements": mouvements_de(lue),
        "equite": mesure_de(lue),
        "est_courante": version_numero(appel, version + 1) is None,
        "onglets": onglets(personne, appel),
        "onglet": "repartitions",
    }
    return render(request, "financements/enveloppes/version.html", contexte)
