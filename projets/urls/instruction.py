"""La fiche d’un projet déposé et ce que l’on y fait."""

from django.urls import path

from projets.views.instruction.commentaires import commenter_le_projet, retirer_la_note
from projets.views.instruction.export import export, export_csv, export_xlsx
from projets.views.instruction.fiche import fiche_instruction
from projets.views.instruction.journal import demander_le_pdf, journal, journal_csv, journal_pdf
from projets.views.instruction.presence import presence
from projets.views.instruction.recevabilite import (
    controler,
    demander,
    irrecevable,
    lettre_d_irrecevabilite,
    lever,
    recevable,
    rouvrir_le_projet,
)
from projets.views.instruction.suivi import suivi_instruction
from projets.views.suivi import classer

adresses = [
    path("instruction/<int:pk>/notes/", commenter_le_projet, name="commenter"),
    path("notes/<int:pk>/retirer/", retirer_la_note, name="retirer_la_note"),
    path("instruction/<int:pk>/recevabilite/", controler, name="controler"),
    path("instruction/<int:pk>/recevable/", recevable, name="recevable"),
    path("instruction/<int:pk>/irrecevable/", irrecevable, name="irrecevable"),
    path("instruction/<int:pk>/rouvrir/", rouvrir_le_projet, name="rouvrir"),
    path("instruction/<int:pk>/complement/lever/", lever, name="lever_la_demande"),
    path(
        "projets/<int:pk>/irrecevabilite/<int:irrecevabilite>/",
        lettre_d_irrecevabilite,
        name="lettre_d_irrecevabilite",
    ),
    path("instruction/<int:pk>/complement/", demander, name="demander"),
    path("instruction/<int:pk>/presence/", presence, name="presence"),
    path("instruction/<int:pk>/classement/", classer, name="classer"),
    path("instruction/<int:pk>/", fiche_instruction, name="fiche_instruction"),
    path("instruction/suivi/", suivi_instruction, name="suivi_de_l_instruction"),
    path("instruction/suivi/export/", export, name="exporter_l_instruction"),
    path("instruction/suivi/export.csv", export_csv, name="export_csv"),
    path("instruction/suivi/export.xlsx", export_xlsx, name="export_xlsx"),
    path("instruction/<int:pk>/journal/", journal, name="journal"),
    path("instruction/<int:pk>/journal/export.csv", journal_csv, name="journal_csv"),
    path("instruction/<int:pk>/journal/pdf/", demander_le_pdf, name="demander_le_journal"),
    path("instruction/<int:pk>/journal/pdf/<int:export>/", journal_pdf, name="journal_pdf"),
]
