"""Adresses de l’app."""

from django.urls import include, path

from financements.urls import (
    arbitrage,
    bilans,
    comites,
    conventions,
    echanges,
    execution,
    fse,
    imputations,
    lettres,
    suivi,
)
from financements.views import imports as vues_imports
from financements.views.accueil import accueil
from financements.views.actions import action, actions
from financements.views.conventions.signature import notification
from financements.views.credits import credits_votes, financements
from financements.views.effectifs import effectifs, importer_des_effectifs, releve
from financements.views.enveloppes.versions import repartition, repartitions
from financements.views.exports import exporter, exporter_en
from financements.views.rapports import (
    annuler,
    avancement,
    demander,
    produire_a_jour,
    rapport,
    rapports,
    relancer,
    telecharger,
)
from financements.views.territoires import territoire
from financements.views.vote import deliberation

app_name = "financements"
urlpatterns = [
    path("", accueil, name="accueil"),
    path("arbitrage/<slug:slug>/", include(arbitrage.adresses)),
    path("arbitrage/<slug:slug>/comites/", include(comites.adresses)),
    path("", include(lettres.adresses)),
    path("financements/", financements, name="financements"),
    *fse.registre,
    # Les adresses fixes d’abord : celles d’un appel les masqueraient.
    path("financements/imports/", vues_imports.imports, name="imports"),
    path("financements/annexes/", include(echanges.adresses_des_annexes)),
    path("financements/effectifs/", effectifs, name="effectifs"),
    path("financements/effectifs/importer/", importer_des_effectifs, name="importer_effectifs"),
    path("financements/effectifs/<int:pk>/", releve, name="releve"),
    path("financements/<slug:slug>/imports/", vues_imports.imports_appel, name="imports_appel"),
    path("financements/<slug:slug>/imports/modele/<str:extension>/", vues_imports.modele, name="modele_import"),
    path("financements/<slug:slug>/imports/<int:pk>/", vues_imports.suivre, name="import"),
    path("financements/<slug:slug>/imports/<int:pk>/avancement/", vues_imports.avancement, name="avancement_import"),
    path("financements/<slug:slug>/imports/<int:pk>/annuler/", vues_imports.annuler, name="annuler_import"),
    path("financements/<slug:slug>/imports/<int:pk>/relancer/", vues_imports.relancer, name="relancer_import"),
    path(
        "financements/<slug:slug>/imports/<int:pk>/importer/", vues_imports.importer, name="importer_apres_simulation"
    ),
    path("financements/<slug:slug>/imports/<int:pk>/erreurs/", vues_imports.erreurs, name="erreurs_import"),
    path("financements/<slug:slug>/", credits_votes, name="credits"),
    path("financements/<slug:slug>/repartitions/", repartitions, name="repartitions"),
    path("financements/<slug:slug>/repartitions/<int:version>/", repartition, name="repartition"),
    path("financements/<slug:slug>/deliberations/", deliberation.deliberations, name="deliberations"),
    path("financements/<slug:slug>/deliberations/<int:pk>/", deliberation.deliberation, name="deliberation"),
    path("financements/<slug:slug>/deliberations/<int:pk>/dates/", deliberation.dater, name="dater_deliberation"),
    path("financements/<slug:slug>/deliberations/<int:pk>/notifier/", deliberation.notifier, name="notifier"),
    path(
        "financements/<slug:slug>/deliberations/<int:pk>/envois/<int:envoi>/",
        deliberation.avancement,
        name="avancement_notifications",
    ),
    path(
        "financements/<slug:slug>/deliberations/<int:pk>/envois/<int:envoi>/annuler/",
        deliberation.annuler,
        name="annuler_notifications",
    ),
    path("financements/<slug:slug>/exporter/", include(echanges.adresses)),
    path("financements/<slug:slug>/imputations/", include(imputations.adresses)),
    path("financements/<slug:slug>/conventions/", include(conventions.adresses)),
    path("signature/notifications/", notification, name="notification_de_signature"),
    path("mes-conventions/", include(conventions.adresses_du_porteur)),
    path("financements/<slug:slug>/versements/", include(execution.adresses)),
    path("financements/<slug:slug>/actions/<int:numero>/execution/", include(execution.adresses_d_une_action)),
    path("mes-versements/", include(execution.adresses_du_portail)),
    path("financements/<slug:slug>/actions/", actions, name="actions"),
    path("financements/<slug:slug>/actions/exporter/", exporter, name="exporter"),
    path("financements/<slug:slug>/actions/exporter/<str:extension>/", exporter_en, name="exporter_en"),
    path("financements/<slug:slug>/actions/<int:numero>/", action, name="action"),
    path("financements/<slug:slug>/territoires/<slug:code>/", territoire, name="territoire"),
    *suivi.adresses,
    *bilans.adresses,
    *fse.adresses,
    path("rapports/", rapports, name="rapports"),
    path("rapports/demander/", demander, name="demander_rapport"),
    path("rapports/<int:pk>/", rapport, name="rapport"),
    path("rapports/<int:pk>/avancement/", avancement, name="avancement_rapport"),
    path("rapports/<int:pk>/annuler/", annuler, name="annuler_rapport"),
    path("rapports/<int:pk>/relancer/", relancer, name="relancer_rapport"),
    path("rapports/<int:pk>/a-jour/", produire_a_jour, name="rapport_a_jour"),
    path("rapports/<int:pk>/volumes/<int:numero>/", telecharger, name="volume"),
]
