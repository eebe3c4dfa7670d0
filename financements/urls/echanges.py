"""Les adresses des échanges d’un appel, sous `/financements/<slug>/exporter/`, et des annexes de tous les appels."""

from django.urls import path

from financements.views.echanges import accueil, annexes, envois, profils, retours, scdl

adresses = [
    path("", accueil.echanges, name="echanges"),
    path("donnees-ouvertes/", scdl.donnees_ouvertes, name="donnees_ouvertes"),
    path("donnees-ouvertes/<int:pk>/en-ligne/", scdl.en_ligne, name="publication_en_ligne"),
    path("progiciel/", profils.progiciel, name="progiciel"),
    path("progiciel/profils/ajouter/", profils.ajouter, name="ajouter_profil"),
    path("progiciel/profils/<int:pk>/", profils.modifier, name="profil"),
    path("progiciel/profils/<int:pk>/supprimer/", profils.supprimer, name="supprimer_profil"),
    path("progiciel/profils/<int:pk>/fichier/", envois.envoyer, name="envoyer_au_progiciel"),
    path("progiciel/retours/", retours.retours, name="retours_d_execution"),
    path("progiciel/retours/<int:pk>/", retours.retour, name="retour_d_execution"),
    path("progiciel/retours/<int:pk>/avancement/", retours.avancement, name="avancement_de_l_execution"),
    path("progiciel/retours/<int:pk>/annuler/", retours.annuler, name="annuler_l_execution"),
    path("progiciel/retours/<int:pk>/relancer/", retours.relancer, name="relancer_l_execution"),
    path("progiciel/retours/<int:pk>/importer/", retours.importer, name="importer_l_execution"),
    path("progiciel/retours/<int:pk>/erreurs/", retours.erreurs, name="erreurs_de_l_execution"),
]
adresses_des_annexes = [
    path("", annexes.annexes, name="annexes"),
    path("<int:exercice>/produits/", annexes.produits, name="produits"),
    path("<int:exercice>/produits/<int:pk>/", annexes.produit, name="produit"),
    path("<int:exercice>/<str:sorte>/<str:extension>/", annexes.emporter, name="emporter_l_annexe"),
]
