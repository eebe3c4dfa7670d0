"""Les adresses de l’arbitrage d’un appel, sous `/arbitrage/<slug>/`."""

from django.urls import URLPattern, URLResolver, include, path

from financements.urls import rapport_assemblee
from financements.views.arbitrage import adoption, calculs, comparaison, coups, ouverture, scenario, scenarios
from financements.views.arbitrage.etat import arbitrage
from financements.views.enveloppes.accueil import enveloppes
from financements.views.enveloppes.equite import equite, reference
from financements.views.enveloppes.reliquats import reliquats
from financements.views.enveloppes.repartir import repartir
from financements.views.enveloppes.voter import reviser, voter
from financements.views.vote.voter import voter_les_propositions

adresses: list[URLPattern | URLResolver] = [
    path("", arbitrage, name="arbitrage"),
    path("enveloppes/", enveloppes, name="enveloppes"),
    path("enveloppes/voter/", voter, name="voter_enveloppe"),
    path("enveloppes/reviser/", reviser, name="reviser_enveloppe"),
    path("enveloppes/repartir/", repartir, name="repartir"),
    path("enveloppes/reliquats/", reliquats, name="reliquats"),
    path("enveloppes/equite/", equite, name="equite"),
    path("enveloppes/reference/", reference, name="credits_de_reference"),
    path("ouvrir/", ouverture.ouvrir, name="ouvrir_l_arbitrage"),
    path("rapport/", include(rapport_assemblee.adresses)),
    path("voter/", voter_les_propositions, name="voter"),
    path("comparer/", comparaison.comparer, name="comparer"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/nouveau/", scenarios.nouveau, name="nouveau_scenario"),
    path("scenarios/<int:pk>/", scenario.scenario, name="scenario"),
    path("scenarios/<int:pk>/saisir/", scenario.saisir_les_lignes, name="saisir"),
    path("scenarios/<int:pk>/lot/", coups.appliquer_en_lot, name="appliquer_en_lot"),
    path("scenarios/<int:pk>/annuler/", coups.annuler_le_coup, name="annuler_le_coup"),
    path("scenarios/<int:pk>/retablir/", coups.retablir_le_coup, name="retablir_le_coup"),
    path("scenarios/<int:pk>/reglages/", scenarios.regler, name="regler_scenario"),
    path("scenarios/<int:pk>/adopter/", adoption.adopter_le_scenario, name="adopter_scenario"),
    path("scenarios/<int:pk>/revenir/", adoption.revenir, name="revenir_sur_l_adoption"),
    path("scenarios/<int:pk>/supprimer/", scenarios.supprimer, name="supprimer_scenario"),
    path("calculs/", calculs.calculs, name="calculs"),
    path("calculs/nouveau/", calculs.nouveau, name="nouveau_calcul"),
    path("calculs/<int:pk>/", calculs.calcul, name="calcul"),
    path("calculs/<int:pk>/avancement/", calculs.avancement, name="avancement_calcul"),
    path("calculs/<int:pk>/annuler/", calculs.annuler, name="annuler_calcul"),
]
