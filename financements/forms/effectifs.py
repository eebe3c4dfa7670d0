"""Déposer un relevé d’effectifs."""

from typing import Any

from django import forms
from django.utils import timezone

from financements.forms.imports import FichierTableauField
from projets.forms.fields import JourField
from territoires.imports.effectifs import Defauts
from territoires.models import ReleveEffectifs

AILLEURS = "Inutile si le fichier a cette colonne."


class EffectifsForm(forms.Form):
    """Le fichier, et ce qu’il ne dit pas lui-même."""

    fichier = FichierTableauField(
        label="Fichier des effectifs",
        help_text="XLSX, ODS ou CSV : une colonne territoire (ou code), une colonne allocataires.",
    )
    date = JourField(
        label="Date d’observation",
        required=False,
        help_text=AILLEURS,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )
    unite = forms.ChoiceField(
        label="Ce que l’on compte",
        required=False,
        help_text=AILLEURS,
        choices=[("", "Dit dans le fichier"), *ReleveEffectifs.Unite.choices],
    )
    source = forms.CharField(label="Source", required=False, max_length=300, help_text=AILLEURS)
    fictif = forms.BooleanField(label="Ces valeurs sont inventées", required=False)

    def clean_date(self) -> Any:
        """Une date passée, ou celle d’aujourd’hui."""
        jour = self.cleaned_data["date"]
        if jour and jour > timezone.localdate():
            raise forms.ValidationError(
                "La date d’observation ne peut pas être à venir : donnez une date passée, ou aujourd’hui."
            )
        return jour

    def defauts(self) -> Defauts:
        """Ce qui complète le fichier ; le formulaire doit être valide."""
        saisie = self.cleaned_data
        return Defauts(saisie["date"], saisie["unite"], saisie["source"].strip(), saisie["fictif"])
