"""Les adresses de l’arbitrage d’un appel, sous `/arbitrage/<slug>/`."""

from django.urls import path

from financements.views.arbitrage import coups, scenario, scenarios
from financements.views.arbitrage.etat import arbitrage

adresses = [
    path("", arbitrage, name="arbitrage"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/nouveau/", scenarios.nouveau, name="nouveau_scenario"),
    path("scenarios/<int:pk>/", scenario.scenario, name="scenario"),
    path("scenarios/<int:pk>/saisir/", scenario.saisir_les_lignes, name="saisir"),
    path("scenarios/<int:pk>/lot/", coups.appliquer_en_lot, name="appliquer_en_lot"),
    path("scenarios/<int:pk>/annuler/", coups.annuler_le_coup, name="annuler_le_coup"),
    path("scenarios/<int:pk>/retablir/", coups.retablir_le_coup, name="retablir_le_coup"),
    path("scenarios/<int:pk>/reglages/", scenarios.regler, name="regler_scenario"),
    path("scenarios/<int:pk>/supprimer/", scenarios.supprimer, name="supprimer_scenario"),
]
