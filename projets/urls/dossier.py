"""Le dossier du porteur, de son brouillon à son retrait, et ce que les deux côtés lisent."""

from django.urls import path

from projets.views.dossier.creation import nouveau_projet
from projets.views.dossier.depot import imprimer, piece_deposee, recepisse, verification
from projets.views.dossier.etapes import enregistrer, etape_du_projet
from projets.views.dossier.pieces import (
    envoyer_des_pieces,
    joindre_une_piece,
    pieces,
    retirer_la_piece,
    telecharger_la_piece,
)
from projets.views.mes_projets import mes_projets, mon_projet
from projets.views.motifs import demander_les_motifs_du_projet
from projets.views.suivi import copier_le_projet, ecrire, projet, reprendre_le_projet, retirer_le_projet

adresses = [
    path("mes-projets/", mes_projets, name="mes_projets"),
    path("mes-projets/nouveau/", nouveau_projet, name="nouveau_projet"),
    path("mes-projets/<int:pk>/", mon_projet, name="mon_projet"),
    path("mes-projets/<int:pk>/verification/", verification, name="verification"),
    path("mes-projets/<int:pk>/imprimer/", imprimer, name="imprimer"),
    path("mes-projets/<int:pk>/copier/", copier_le_projet, name="copier"),
    path("mes-projets/<int:pk>/retirer/", retirer_le_projet, name="retirer"),
    path("mes-projets/<int:pk>/reprendre/", reprendre_le_projet, name="reprendre_pour_completer"),
    path("mes-projets/<int:pk>/motifs/", demander_les_motifs_du_projet, name="demander_les_motifs"),
    path("projets/<int:pk>/", projet, name="projet"),
    path("projets/<int:pk>/messages/", ecrire, name="ecrire"),
    path("projets/<int:pk>/recepisse/<int:version>/", recepisse, name="recepisse"),
    path("projets/<int:pk>/depots/<int:version>/pieces/<int:rang>/", piece_deposee, name="piece_deposee"),
    path("mes-projets/<int:pk>/pieces/", pieces, name="pieces"),
    path("mes-projets/<int:pk>/pieces/envoyer/", envoyer_des_pieces, name="envoyer_des_pieces"),
    path("mes-projets/<int:pk>/pieces/joindre/", joindre_une_piece, name="joindre_une_piece"),
    path("pieces/<int:pk>/retirer/", retirer_la_piece, name="retirer_la_piece"),
    path("pieces/<int:pk>/telecharger/", telecharger_la_piece, name="telecharger_la_piece"),
    path("mes-projets/<int:pk>/<slug:cle>/", etape_du_projet, name="etape"),
    path("mes-projets/<int:pk>/<slug:cle>/enregistrer/", enregistrer, name="enregistrer_etape"),
]
