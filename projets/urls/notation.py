"""Noter, rendre l’avis, le demander au dehors, présenter au comité."""

from django.urls import path

from projets.views.instruction import avis_externe
from projets.views.instruction.avis import avis, avis_associe, communiquer, presenter_le_projet
from projets.views.instruction.notation import noter, reprendre
from projets.views.instruction.notations import notations
from projets.views.instruction.presentation import presenter_l_appel, retirer_le_projet_du_comite

adresses = [
    path("instruction/notations/", notations, name="notations"),
    path("instruction/appels/<slug:slug>/presenter/", presenter_l_appel, name="presenter_l_appel"),
    path("instruction/avis-exterieurs/<int:pk>/relancer/", avis_externe.relancer, name="relancer_l_avis"),
    path("instruction/avis-exterieurs/<int:pk>/retirer/", avis_externe.retirer_la_demande, name="retirer_l_avis"),
    path("instruction/<int:pk>/notation/", noter, name="noter"),
    path("instruction/<int:pk>/notation/reprendre/", reprendre, name="reprendre_la_notation"),
    path("instruction/<int:pk>/avis/", avis, name="avis"),
    path("instruction/<int:pk>/avis/associe/", avis_associe, name="avis_associe"),
    path("instruction/<int:pk>/avis/demander/", avis_externe.demander_un_avis, name="demander_un_avis"),
    path("instruction/<int:pk>/presenter/", presenter_le_projet, name="presenter"),
    path("instruction/<int:pk>/comite/retirer/", retirer_le_projet_du_comite, name="retirer_du_comite"),
    path("instruction/<int:pk>/motifs/", communiquer, name="communiquer_les_motifs"),
    path("avis/<str:jeton>/", avis_externe.avis_externe, name="avis_externe"),
    path("avis/<str:jeton>/documents/<int:pk>/", avis_externe.document_partage, name="document_partage"),
]
