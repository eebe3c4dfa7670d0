"""Les adresses du suivi : exécution, axe, organismes, clôture."""

from django.urls import path

from financements.views.suivi.cloture import cloture, derniere_cloture, exporter
from financements.views.suivi.execution import axe, suivi
from financements.views.suivi.organismes import organismes
from financements.views.suivi.planifies import planifie, planifier, planifies

adresses = [
    path("financements/<slug:slug>/suivi/", suivi, name="suivi"),
    path("financements/<slug:slug>/axes/<int:numero>/", axe, name="axe"),
    path("financements/<slug:slug>/organismes/", organismes, name="organismes"),
    path("financements/<slug:slug>/cloture/", derniere_cloture, name="derniere_cloture"),
    path("financements/<slug:slug>/cloture/<int:annee>/", cloture, name="cloture"),
    path(
        "financements/<slug:slug>/cloture/<int:annee>/<slug:liste>/<slug:extension>/",
        exporter,
        name="exporter_la_cloture",
    ),
    path("rapports/planifies/", planifies, name="rapports_planifies"),
    path("rapports/planifies/nouveau/", planifier, name="planifier_un_rapport"),
    path("rapports/planifies/<int:pk>/", planifie, name="rapport_planifie"),
]
