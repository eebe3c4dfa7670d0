"""Adresses de l’app."""

from django.urls import path

from financements.views.accueil import accueil
from financements.views.actions import action, actions
from financements.views.arbitrage import arbitrage
from financements.views.credits import credits_votes, financements
from financements.views.territoires import territoire

app_name = "financements"
urlpatterns = [
    path("", accueil, name="accueil"),
    path("arbitrage/<slug:slug>/", arbitrage, name="arbitrage"),
    path("financements/", financements, name="financements"),
    # Les adresses fixes d’abord : celles d’un appel les masqueraient.
    path("financements/<slug:slug>/", credits_votes, name="credits"),
    path("financements/<slug:slug>/actions/", actions, name="actions"),
    path("financements/<slug:slug>/actions/<int:numero>/", action, name="action"),
    path("financements/<slug:slug>/territoires/<str:code>/", territoire, name="territoire"),
]
