"""Les adresses des conventions : celles d’un appel, sous `/financements/<slug>/conventions/`, et celles du porteur."""

from django.urls import path

from financements.views.conventions import avenants, convention, liste, porteur, retours, signature

adresses = [
    path("", liste.conventions, name="conventions"),
    path("modele/", liste.modele, name="modele_de_convention"),
    path("lots/", liste.lancer_un_lot, name="lot_de_conventions"),
    path("signatures/<int:deliberation>/", liste.signer_en_lot, name="signer_en_lot"),
    path("lots/<int:pk>/", liste.avancement_du_lot, name="avancement_lot_de_conventions"),
    path("lots/<int:pk>/annuler/", liste.annuler_le_lot, name="annuler_lot_de_conventions"),
    path("tirages/", liste.tirer, name="tirer_des_conventions"),
    path("tirages/<int:pk>/", liste.avancement_du_tirage, name="avancement_tirage"),
    path("tirages/<int:pk>/telecharger/", liste.telecharger_le_tirage, name="telecharger_tirage"),
    path("tirages/<int:pk>/<slug:geste>/", liste.conduire_le_tirage, name="conduire_tirage"),
    path("retours/", retours.retours, name="retours_signes"),
    path("retours/<int:pk>/", retours.retour, name="retour_signe"),
    path("retours/<int:pk>/avancement/", retours.avancement_du_retour, name="avancement_retour"),
    path("retours/<int:pk>/telecharger/", retours.telecharger_le_retour, name="telecharger_retour"),
    path("retours/<int:pk>/pages/<int:rang>/", retours.rattacher, name="rattacher_page"),
    path("<int:numero>/exemplaires/<int:pk>/", retours.telecharger_l_exemplaire, name="exemplaire_signe"),
    path("<int:numero>/signatures/", signature.envoyer, name="envoyer_au_prestataire"),
    path("<int:numero>/signatures/<int:pk>/", signature.suivre, name="suivre_la_signature"),
    path("<int:numero>/signatures/<int:pk>/annuler/", signature.annuler, name="annuler_signature"),
    path("<int:numero>/signatures/<int:pk>/telecharger/", signature.telecharger, name="telecharger_signature"),
    path("<int:numero>/avenants/nouveau/", avenants.nouvel_avenant, name="nouvel_avenant"),
    path("<int:numero>/avenants/<int:rang>/", avenants.avenant, name="avenant"),
    path("<int:numero>/avenants/<int:rang>/signer/", avenants.signer_l_avenant, name="signer_avenant"),
    path("<int:numero>/avenants/<int:rang>/telecharger/", avenants.telecharger_l_avenant, name="telecharger_avenant"),
    path("<int:numero>/avenants/<int:rang>/<slug:geste>/", avenants.agir_sur_l_avenant, name="agir_sur_avenant"),
    path("<int:numero>/", convention.convention, name="convention"),
    path("<int:numero>/preparer/", convention.preparer_la_convention, name="preparer_convention"),
    path("<int:numero>/regler/", convention.regler, name="regler_convention"),
    path("<int:numero>/signer/", convention.signer_la_convention, name="signer_convention"),
    path("<int:numero>/telecharger/", convention.telecharger, name="telecharger_convention"),
    path("<int:numero>/fin/<slug:geste>/", convention.finir, name="finir_convention"),
    path("<int:numero>/<slug:geste>/", convention.agir_sur_la_convention, name="agir_sur_convention"),
]
adresses_du_porteur = [
    path("<int:pk>/", porteur.ma_convention, name="ma_convention"),
    path("<int:pk>/avenants/<int:rang>/", porteur.mon_avenant, name="mon_avenant"),
]
