"""Adresses de l’app."""

from django.urls import path

from projets.views.appels import appel, appels
from projets.views.instruction import fiche_instruction, instruction
from projets.views.mes_projets import mes_projets, mon_projet

app_name = "projets"
urlpatterns = [
    path("appels/", appels, name="appels"),
    path("appels/<slug:slug>/", appel, name="appel"),
    path("mes-projets/", mes_projets, name="mes_projets"),
    path("mes-projets/<int:pk>/", mon_projet, name="mon_projet"),
    path("instruction/", instruction, name="instruction"),
    path("instruction/<int:pk>/", fiche_instruction, name="fiche_instruction"),
]
