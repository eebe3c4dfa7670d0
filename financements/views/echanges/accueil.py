"""La page des échanges d’un programme : ce qui sort, ce qui revient."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from financements.chiffres.exports.publications import restes_a_publier
from financements.permissions import peut_echanger_avec_le_progiciel, peut_exporter_les_decisions
from financements.views.appels import appel_visible, onglets


@require_safe
@reservee_a(peut_exporter_les_decisions)
def echanges(request: HttpRequest, slug: str) -> HttpResponse:
    """Les fichiers qu’on emporte et ceux qu’on rapporte."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    contexte = {
        "appel": appel,
        "restes": restes_a_publier(appel),
        "peut_echanger": peut_echanger_avec_le_progiciel(personne),
        "onglets": onglets(personne, appel),
        "onglet": "echanges",
        "fil": [(appel.intitule, reverse("financements:credits", args=[slug]))],
    }
    return render(request, "financements/echanges/accueil.html", contexte)
