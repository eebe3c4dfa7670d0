"""L’état des enveloppes d’un appel, en lecture."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from financements.chiffres import Perimetre, Programme
from financements.chiffres.enveloppes import Enveloppes
from financements.permissions import peut_arbitrer
from financements.views.appels import appel_visible, onglets
from financements.views.arbitrage.navigation import pages_de_l_arbitrage
from financements.views.chiffres_cles import chiffres_de_l_enveloppe


@require_safe
@reservee_a(peut_arbitrer)
def arbitrage(request: HttpRequest, slug: str) -> HttpResponse:
    """Dotation, demandé, voté et reste, par territoire et par axe, pour une année (`?annee=`) ou la période."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    programme = Programme(Perimetre.entier(appel))
    demandee = request.GET.get("annee", "")
    annee = int(demandee) if demandee in {str(an) for an in appel.annees} else None
    enveloppes = Enveloppes(programme)
    return render(
        request,
        "financements/arbitrage.html",
        {
            "appel": appel,
            "programme": programme,
            "enveloppes": enveloppes,
            "annee": annee,
            "chiffres": chiffres_de_l_enveloppe(programme, enveloppes),
            "tableaux": enveloppes.tableaux(annee),
            "onglets": onglets(personne, appel),
            "onglet": "arbitrage",
            "pages": pages_de_l_arbitrage(appel),
            "ici": "etat",
        },
    )
