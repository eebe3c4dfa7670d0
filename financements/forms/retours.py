"""Déposer un retour d’exécution."""

from django import forms

from financements.forms.imports import IMPORTER, SIMULER, FichierTableauField
from financements.models import ProfilDExport
from financements.states.echanges import SorteDeProfil


class RetourForm(forms.Form):
    """Le fichier, comment ses colonnes s’appellent, et s’il faut l’importer ou seulement le contrôler."""

    fichier = FichierTableauField(label="Fichier du retour", help_text="XLSX, ODS ou CSV, 20 Mio au plus.")
    profil = forms.ModelChoiceField(
        label="Profil des colonnes",
        queryset=ProfilDExport.objects.filter(sorte=SorteDeProfil.RETOUR),
        required=False,
        empty_label="Les noms courants",
    )
    suite = forms.ChoiceField(
        label="Que faire de ce fichier",
        choices=[
            (SIMULER, "Le contrôler seulement : rien n’est écrit"),
            (IMPORTER, "L’importer s’il n’a aucune erreur"),
        ],
        initial=SIMULER,
        widget=forms.RadioSelect,
    )

    @property
    def est_simulation(self) -> bool:
        """Vrai si la personne ne demande qu’un contrôle ; le formulaire doit être valide."""
        return bool(self.cleaned_data["suite"] == SIMULER)
