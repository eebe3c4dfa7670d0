"""Les adresses des imputations d’un appel, sous `/financements/<slug>/imputations/`."""

from django.urls import path

from financements.views.imputation import reglage

adresses = [
    path("", reglage.imputations, name="imputations"),
    path("ajouter/", reglage.ajouter, name="ajouter_imputation"),
    path("<int:pk>/", reglage.modifier, name="imputation"),
    path("<int:pk>/supprimer/", reglage.supprimer, name="supprimer_imputation"),
]
