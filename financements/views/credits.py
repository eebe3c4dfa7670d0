"""Les crédits votés d’un programme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from financements.chiffres import Perimetre, Programme
from financements.chiffres.complements import total_credits
from financements.chiffres.dessins import dessin_du_partage
from financements.permissions import peut_demander_un_rapport, peut_importer, peut_lire_les_financements
from financements.views.appels import appel_visible, onglets
from projets.models import AppelAProjets


@require_safe
@reservee_a(peut_lire_les_financements)
def financements(request: HttpRequest) -> HttpResponse:
    """Mène au dernier appel ; sans appel, dit pourquoi il n’y a rien."""
    appel = AppelAProjets.objects.visibles_par(personne_de(request)).votes_d_abord().first()
    if appel is None:
        return render(request, "financements/vide.html")
    return redirect("financements:credits", slug=appel.slug)


@require_safe
@reservee_a(peut_lire_les_financements)
def credits_votes(request: HttpRequest, slug: str) -> HttpResponse:
    """Axes × années, autorisation d’engagement et crédits de paiement, partage, territoires."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    programme = Programme(Perimetre.entier(appel))
    return render(
        request,
        "financements/credits.html",
        {
            "appel": appel,
            "programme": programme,
            "enveloppe": programme.enveloppe,
            "peut_lire": True,
            "credits": total_credits(programme),
            "partage": dessin_du_partage(programme, largeur=560) if programme.total else None,
            "onglets": onglets(personne, appel),
            "onglet": "credits",
            "peut_importer": peut_importer(personne),
            "peut_demander_un_rapport": peut_demander_un_rapport(personne),
        },
    )
