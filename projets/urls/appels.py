"""Les appels publics et leurs réglages."""

from django.urls import path

from projets.views.appels import aide, appel, appels, modele_public, reglement_public
from projets.views.creation import copier, nouveau
from projets.views.elements import ajouter, deplacer, elements, modifier, supprimer
from projets.views.prolongations import prolongations, retirer
from projets.views.reglages import apercu, depublier, presentation, publier, reglages, reglement

REGLAGES = "appels/<slug:slug>/reglages/"
adresses = [
    path("aide/", aide, name="aide"),
    path("appels/", appels, name="appels"),
    path("appels/nouveau/", nouveau, name="nouvel_appel"),
    path("appels/<slug:slug>/", appel, name="appel"),
    path("appels/<slug:slug>/copier/", copier, name="copier_appel"),
    path("appels/<slug:slug>/reglement/", reglement_public, name="reglement"),
    path("appels/<slug:slug>/modeles/<int:pk>/", modele_public, name="modele"),
    path(REGLAGES, reglages, name="reglages"),
    path(f"{REGLAGES}presentation/", presentation, name="reglage_presentation"),
    path(f"{REGLAGES}reglement/", reglement, name="reglage_reglement"),
    path(f"{REGLAGES}apercu/", apercu, name="apercu"),
    path(f"{REGLAGES}publier/", publier, name="publier_appel"),
    path(f"{REGLAGES}depublier/", depublier, name="depublier_appel"),
    path(f"{REGLAGES}prolongations/", prolongations, name="prolongations"),
    path(f"{REGLAGES}prolongations/<int:pk>/retirer/", retirer, name="retirer_prolongation"),
    path(f"{REGLAGES}<slug:cle>/", elements, name="elements"),
    path(f"{REGLAGES}<slug:cle>/ajouter/", ajouter, name="ajouter_element"),
    path(f"{REGLAGES}<slug:cle>/<int:pk>/", modifier, name="modifier_element"),
    path(f"{REGLAGES}<slug:cle>/<int:pk>/deplacer/", deplacer, name="deplacer_element"),
    path(f"{REGLAGES}<slug:cle>/<int:pk>/supprimer/", supprimer, name="supprimer_element"),
]
