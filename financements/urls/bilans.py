"""Les adresses des bilans : celles du porteur, celles du service, et celles que les deux lisent."""

from django.urls import path

from financements.views.bilans import dossier, pieces, reglages, revue

_MIEN = "mes-projets/<int:pk>/bilan/<int:annee>"
_REVUE = "financements/<slug:slug>/bilans/<int:numero>/<int:annee>"

adresses = [
    path(f"{_MIEN}/", dossier.mon_bilan, name="mon_bilan"),
    path(f"{_MIEN}/pieces/", pieces.pieces_du_bilan, name="pieces_du_bilan"),
    path(f"{_MIEN}/pieces/joindre/", pieces.joindre_une_piece_au_bilan, name="joindre_au_bilan"),
    path(f"{_MIEN}/pieces/<int:piece>/retirer/", pieces.retirer_une_piece_du_bilan, name="retirer_du_bilan"),
    path(f"{_MIEN}/verification/", dossier.verification_du_bilan, name="verification_du_bilan"),
    path(f"{_MIEN}/<slug:cle>/", dossier.etape_du_bilan, name="etape_du_bilan"),
    path(f"{_MIEN}/<slug:cle>/enregistrer/", dossier.enregistrer_le_bilan, name="enregistrer_le_bilan"),
    path("bilans/", revue.file_des_bilans, name="file_des_bilans"),
    path("bilans/<int:pk>/copies/<int:version>/", pieces.copie_du_bilan, name="copie_du_bilan"),
    path("bilans/<int:pk>/copies/<int:version>/produire/", pieces.demander_le_pdf, name="demander_le_pdf_du_bilan"),
    path("bilans/<int:pk>/pieces/<int:piece>/", pieces.piece_du_bilan, name="piece_du_bilan"),
    path("financements/<slug:slug>/bilans/", revue.bilans, name="bilans"),
    path("financements/<slug:slug>/bilans/reglages/", reglages.reglages_des_bilans, name="reglages_des_bilans"),
    path("financements/<slug:slug>/bilans/ouvrir/", reglages.ouvrir, name="ouvrir_les_bilans"),
    path(f"{_REVUE}/", revue.bilan, name="bilan"),
    path(f"{_REVUE}/correction/", revue.corriger, name="corriger_le_bilan"),
    path(f"{_REVUE}/valider/", revue.valider, name="valider_le_bilan"),
    path(f"{_REVUE}/rouvrir/", revue.rouvrir, name="rouvrir_le_bilan"),
]
