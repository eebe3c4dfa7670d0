"""La file d’instruction et la fiche d’un projet."""

from django.urls import path

from projets.views.instruction.fiche import fiche_instruction
from projets.views.instruction.file import instruction
from projets.views.suivi import demander

adresses = [
    path("instruction/<int:pk>/complement/", demander, name="demander"),
    path("instruction/", instruction, name="instruction"),
    path("instruction/<int:pk>/", fiche_instruction, name="fiche_instruction"),
]
