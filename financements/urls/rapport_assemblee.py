"""Les adresses du rapport à l’assemblée d’un appel, sous `/arbitrage/<slug>/rapport/`."""

from django.urls import URLPattern, URLResolver, path

from financements.views.rapport_assemblee import documents, ecran

adresses: list[URLPattern | URLResolver] = [
    path("", ecran.rapport, name="rapport_a_l_assemblee"),
    path("texte/", ecran.texte, name="texte_du_rapport"),
    path("dates/", ecran.dates, name="dates_du_rapport"),
    path("produire/", documents.produire, name="produire_le_rapport"),
    path("documents/<int:pk>/", documents.avancement, name="avancement_du_rapport_produit"),
    path("documents/<int:pk>/annuler/", documents.annuler, name="annuler_le_rapport_produit"),
    path("documents/<int:pk>/<str:extension>/", documents.telecharger, name="rapport_produit"),
]
