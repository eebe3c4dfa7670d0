"""Déposer un retour d’exécution."""

from django import forms

from financements.forms.imports import DepotForm, FichierTableauField
from financements.models import ProfilDExport
from financements.states.echanges import SorteDeProfil


class RetourForm(DepotForm):
    """Le fichier, et comment ses colonnes s’appellent."""

    fichier = FichierTableauField(label="Fichier du retour", help_text="XLSX, ODS ou CSV, 20 Mio au plus.")
    profil = forms.ModelChoiceField(
        label="Profil des colonnes",
        queryset=ProfilDExport.objects.filter(sorte=SorteDeProfil.RETOUR),
        required=False,
        empty_label="Les noms courants",
    )
    field_order = ("fichier", "profil", "suite")
