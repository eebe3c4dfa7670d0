"""Les adresses des lettres de décision : leurs modèles, celles d’une délibération, la page du porteur."""

from django.urls import URLPattern, URLResolver, include, path

from financements.views.lettres import agents, lots, modeles, porteur, recommandes

_de_la_deliberation = [
    path("lettres/", lots.lettres, name="lettres"),
    path("lettres/relancer/", lots.relancer_les_lectures, name="relancer_les_lectures"),
    path("lettres/lots/<int:lot>/", lots.avancement, name="avancement_des_lettres"),
    path("lettres/lots/<int:lot>/annuler/", lots.annuler, name="annuler_des_lettres"),
    path("lettres/lots/<int:lot>/reprendre/", lots.reprendre, name="reprendre_des_lettres"),
    path("lettres/lots/<int:lot>/telecharger/", lots.telecharger, name="telecharger_les_lettres"),
    path("lettres/<int:notification>/", agents.lettre, name="lettre"),
    path("lettres/<int:notification>/pdf/", agents.pdf, name="pdf_de_la_lettre"),
    path("recommandes/", recommandes.recommandes, name="recommandes"),
    path("recommandes/exporter/", recommandes.exporter, name="exporter_les_recommandes"),
    path("recommandes/<int:notification>/", recommandes.recommande, name="recommande"),
]
adresses: list[URLPattern | URLResolver] = [
    path("mes-projets/<int:pk>/lettres/<int:notification>/", porteur.ma_lettre, name="ma_lettre"),
    path("mes-projets/<int:pk>/lettres/<int:notification>/ouvrir/", porteur.ouvrir, name="ouvrir_ma_lettre"),
    path("mes-projets/<int:pk>/lettres/<int:notification>/pdf/", porteur.mon_pdf, name="mon_pdf"),
    path("financements/<slug:slug>/lettres/", modeles.modeles, name="modeles_de_lettres"),
    path("financements/<slug:slug>/lettres/<slug:sens>/", modeles.modele, name="modele_de_lettre"),
    path("financements/<slug:slug>/deliberations/<int:pk>/", include(_de_la_deliberation)),
]
