"""Quelques adresses pour éprouver la barre sans dépendre des écrans."""

from django.http import HttpResponse
from django.urls import include, path


def vide(_request):
    return HttpResponse()


projets = [path("mes-projets/", vide, name="mes_projets")]
financements = [path("", vide, name="accueil"), path("rapports/", vide, name="rapports")]
urlpatterns = [
    path("", include((projets, "projets"))),
    path("", include((financements, "financements"))),
]
