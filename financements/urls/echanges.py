"""Les adresses des échanges d’un appel, sous `/financements/<slug>/exporter/`."""

from django.urls import path

from financements.views.echanges import accueil, scdl

adresses = [
    path("", accueil.echanges, name="echanges"),
    path("donnees-ouvertes/", scdl.donnees_ouvertes, name="donnees_ouvertes"),
    path("donnees-ouvertes/<int:pk>/en-ligne/", scdl.en_ligne, name="publication_en_ligne"),
]
