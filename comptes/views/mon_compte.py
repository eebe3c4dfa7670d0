"""« Mon compte » : ce que l’application sait de la personne connectée."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.models import Adhesion
from comptes.permissions import personne_de


@require_safe
def mon_compte(request: HttpRequest) -> HttpResponse:
    """Nom, rôle et périmètre ; chacun lit les siens."""
    personne = personne_de(request)
    adhesions = Adhesion.objects.filter(personne=personne).select_related("organisme").order_by("organisme__nom_tri")
    contexte = {"personne": personne, "adhesions": adhesions, "territoires": personne.territoires.all()}
    return render(request, "comptes/mon_compte.html", contexte)
