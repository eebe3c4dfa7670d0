"""Adresses de l’app."""

from django.urls import path

from projets.views.appels import aide, appel, appels, modele_public, reglement_public
from projets.views.creation import copier, nouveau
from projets.views.dossier.creation import nouveau_projet
from projets.views.dossier.depot import imprimer, recepisse, verification
from projets.views.dossier.etapes import enregistrer, etape_du_projet
from projets.views.dossier.pieces import (
    envoyer_des_pieces,
    joindre_une_piece,
    pieces,
    retirer_la_piece,
    telecharger_la_piece,
)
from projets.views.elements import ajouter, deplacer, elements, modifier, supprimer
from projets.views.instruction import fiche_instruction, instruction
from projets.views.mes_projets import mes_projets, mon_projet
from projets.views.prolongations import prolongations, retirer
from projets.views.reglages import apercu, depublier, presentation, publier, reglages, reglement
from projets.views.suivi import copier_le_projet, demander, ecrire, projet, retirer_le_projet

app_name = "projets"
REGLAGES = "appels/<slug:slug>/reglages/"
urlpatterns = [
    path("aide/", aide, name="aide"),
    path("appels/", appels, name="appels"),
    path("appels/nouveau/", nouveau, name="nouvel_appel"),
    path("appels/<slug:slug>/", appel, name="appel"),
    path("appels/<slug:slug>/copier/", copier, name="copier_appel"),
    path("appels/<slug:slug>/reglement/", reglement_public, name="reglement"),
    path("appels/<slug:slug>/modeles/<int:pk>/", modele_public, name="modele"),
    path(REGLAGES, reglages, name="reglages"),
    path(f"{REGLAGES}presentation/", presentation, name="reglage_presentation"),
    path(f"{REGLAGES}reglement/", reglement, name="reglage_reglement"),
    path(f"{REGLAGES}apercu/", apercu, name="apercu"),
    path(f"{REGLAGES}publier/", publier, name="publier_appel"),
    path(f"{REGLAGES}depublier/", depublier, name="depublier_appel"),
    path(f"{REGLAGES}prolongations/", prolongations, name="prolongations"),
    path(f"{REGLAGES}prolongations/<int:pk>/retirer/", retirer, name="retirer_prolongation"),
    path(f"{REGLAGES}<slug:cle>/", elements, name="elements"),
    path(f"{REGLAGES}<slug:cle>/ajouter/", ajouter, name="ajouter_element"),
    path(f"{REGLAGES}<slug:cle>/<int:pk>/", modifier, name="modifier_element"),
    path(f"{REGLAGES}<slug:cle>/<int:pk>/deplacer/", deplacer, name="deplacer_element"),
    path(f"{REGLAGES}<slug:cle>/<int:pk>/supprimer/", supprimer, name="supprimer_element"),
    path("mes-projets/", mes_projets, name="mes_projets"),
    path("mes-projets/nouveau/", nouveau_projet, name="nouveau_projet"),
    path("mes-projets/<int:pk>/", mon_projet, name="mon_projet"),
    path("mes-projets/<int:pk>/verification/", verification, name="verification"),
    path("mes-projets/<int:pk>/imprimer/", imprimer, name="imprimer"),
    path("mes-projets/<int:pk>/copier/", copier_le_projet, name="copier"),
    path("mes-projets/<int:pk>/retirer/", retirer_le_projet, name="retirer"),
    path("projets/<int:pk>/", projet, name="projet"),
    path("projets/<int:pk>/messages/", ecrire, name="ecrire"),
    path("instruction/<int:pk>/complement/", demander, name="demander"),
    path("projets/<int:pk>/recepisse/<int:version>/", recepisse, name="recepisse"),
    path("mes-projets/<int:pk>/pieces/", pieces, name="pieces"),
    path("mes-projets/<int:pk>/pieces/envoyer/", envoyer_des_pieces, name="envoyer_des_pieces"),
    path("mes-projets/<int:pk>/pieces/joindre/", joindre_une_piece, name="joindre_une_piece"),
    path("pieces/<int:pk>/retirer/", retirer_la_piece, name="retirer_la_piece"),
    path("pieces/<int:pk>/telecharger/", telecharger_la_piece, name="telecharger_la_piece"),
    path("mes-projets/<int:pk>/<slug:cle>/", etape_du_projet, name="etape"),
    path("mes-projets/<int:pk>/<slug:cle>/enregistrer/", enregistrer, name="enregistrer_etape"),
    path("instruction/", instruction, name="instruction"),
    path("instruction/<int:pk>/", fiche_instruction, name="fiche_instruction"),
]
