"""Quelques adresses pour éprouver la barre sans dépendre des écrans."""

from django.http import HttpResponse
from django.urls import path


def vide(_request):
    return HttpResponse()


urlpatterns = [
    path("", vide, name="accueil"),
    path("mes-projets/", vide, name="mes_projets"),
    path("rapports/", vide, name="rapports"),
]
