"""Déposer un fichier à importer."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from config.socle.lecture.nature import juger_le_debut
from config.socle.lecture.tableau import FichierIllisible

SIMULER, IMPORTER = "simuler", "importer"


class FichierTableauField(forms.FileField):
    """Un fichier XLSX, ODS ou CSV : taille et premiers octets contrôlés."""

    widget = forms.ClearableFileInput(attrs={"accept": ".xlsx,.ods,.csv"})
    default_error_messages = {
        "required": "Choisissez un fichier.",
        "empty": "Ce fichier est vide.",
    }

    def clean(self, data: Any, initial: Any = None) -> "UploadedFile[bytes]":
        """Le fichier, relu depuis son début. `ValidationError` s’il est trop lourd ou d’une autre nature."""
        fichier: UploadedFile[bytes] = super().clean(data, initial)
        taille = fichier.size or 0
        if taille > settings.IMPORT_TAILLE_MAXIMALE:
            maximum = filesizeformat(settings.IMPORT_TAILLE_MAXIMALE)
            raise forms.ValidationError(f"Ce fichier pèse {filesizeformat(taille)} : {maximum} au plus.")
        debut = fichier.read(1024)
        try:
            juger_le_debut(debut, taille, lambda: debut + fichier.read(), fichier.name or "")
        except FichierIllisible as refus:
            raise forms.ValidationError(str(refus)) from refus
        fichier.seek(0)
        return fichier


class DepotForm(forms.Form):
    """Ce que l’on fait du fichier déposé : le contrôler d’abord, ou l’importer."""

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


class ImportForm(DepotForm):
    """Le fichier d’un programme."""

    fichier = FichierTableauField(label="Fichier du programme", help_text="XLSX, ODS ou CSV, 20 Mio au plus.")
    field_order = ("fichier", "suite")
