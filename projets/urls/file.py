"""La file d’instruction, les actes en lot, les affectations."""

from django.urls import path

from projets.views.instruction import absences, affectation, affectations, lots, vues
from projets.views.instruction.file import choisir_les_colonnes, filtrer, instruction

adresses = [
    path("instruction/<int:pk>/prendre/", affectation.prendre, name="prendre"),
    path("instruction/<int:pk>/confier/", affectation.confier, name="confier"),
    path("instruction/<int:pk>/deport/", affectation.deporter, name="deporter"),
    path("affectations/<int:pk>/retirer/", affectation.rendre, name="rendre"),
    path("deports/<int:pk>/lever/", affectation.lever, name="lever_le_deport"),
    path("instruction/", instruction, name="instruction"),
    path("instruction/filtrer/", filtrer, name="filtrer"),
    path("instruction/colonnes/", choisir_les_colonnes, name="colonnes"),
    path("instruction/vues/", vues.vues_enregistrees, name="vues"),
    path("instruction/vues/<int:pk>/renommer/", vues.renommer, name="renommer_la_vue"),
    path("instruction/vues/<int:pk>/supprimer/", vues.supprimer, name="supprimer_la_vue"),
    path("instruction/lots/", lots.preparer, name="preparer_un_lot"),
    path("instruction/lots/<int:pk>/", lots.lot, name="lot"),
    path("instruction/lots/<int:pk>/avancement/", lots.avancement_du_lot, name="avancement_du_lot"),
    path("instruction/affectations/", affectations.affectations, name="affectations"),
    path("instruction/affectations/repartir/", affectations.repartition, name="repartir"),
    path("instruction/absences/", absences.absences, name="absences"),
    path("instruction/absences/<int:pk>/terminer/", absences.terminer, name="terminer_l_absence"),
    path("instruction/passation/", absences.passation, name="passation"),
]
