"""Les adresses des conventions d’un appel, sous `/financements/<slug>/conventions/`."""

from django.urls import path

from financements.views.conventions import convention, liste

adresses = [
    path("", liste.conventions, name="conventions"),
    path("modele/", liste.modele, name="modele_de_convention"),
    path("lots/", liste.lancer_un_lot, name="lot_de_conventions"),
    path("lots/<int:pk>/", liste.avancement_du_lot, name="avancement_lot_de_conventions"),
    path("lots/<int:pk>/annuler/", liste.annuler_le_lot, name="annuler_lot_de_conventions"),
    path("tirages/", liste.tirer, name="tirer_des_conventions"),
    path("tirages/<int:pk>/", liste.avancement_du_tirage, name="avancement_tirage"),
    path("tirages/<int:pk>/telecharger/", liste.telecharger_le_tirage, name="telecharger_tirage"),
    path("tirages/<int:pk>/<slug:geste>/", liste.conduire_le_tirage, name="conduire_tirage"),
    path("<int:numero>/", convention.convention, name="convention"),
    path("<int:numero>/preparer/", convention.preparer_la_convention, name="preparer_convention"),
    path("<int:numero>/regler/", convention.regler, name="regler_convention"),
    path("<int:numero>/signer/", convention.signer_la_convention, name="signer_convention"),
    path("<int:numero>/telecharger/", convention.telecharger, name="telecharger_convention"),
    path("<int:numero>/fin/<slug:geste>/", convention.finir, name="finir_convention"),
    path("<int:numero>/<slug:geste>/", convention.agir, name="agir_sur_convention"),
]
