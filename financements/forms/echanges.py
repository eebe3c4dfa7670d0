"""Les formulaires des échanges : ce que le fichier porte, et où il est publié."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from financements.forms.montants import EurosField
from projets.forms.fields import JourField

LEGAL, TOUT = "legal", "tout"
SCDL, ETENDUE = "scdl", "etendue"


class DonneesOuvertesForm(forms.Form):
    """Ce que le fichier des données ouvertes porte."""

    perimetre = forms.ChoiceField(
        label="Quelles subventions",
        choices=[
            (TOUT, "Toutes celles qui sont signées ou notifiées"),
            (LEGAL, "Le seuil légal : plus de 23 000 € par an à un organisme de droit privé"),
        ],
        initial=TOUT,
        required=False,
        widget=forms.RadioSelect,
    )

    @property
    def est_au_seuil(self) -> bool:
        """Vrai si l’on ne veut que ce que la loi oblige à publier ; toute autre valeur veut tout."""
        return bool(self.data.get("perimetre") == LEGAL)


class MiseEnLigneForm(forms.Form):
    """Où et quand un fichier a été publié."""

    en_ligne_le = JourField(label="En ligne depuis le")
    adresse = forms.URLField(
        label="Adresse de la page",
        max_length=300,
        assume_scheme="https",
        help_text="data.gouv.fr ou le site du département (décret 2017-779).",
    )

    def clean_en_ligne_le(self) -> date:
        """Pas avant qu’il soit en ligne."""
        jour: Any = self.cleaned_data["en_ligne_le"]
        if jour > timezone.localdate():
            raise ValidationError("Cette date est à venir\u00a0: dites-la une fois le fichier en ligne.")
        return jour  # type: ignore[no-any-return]


class ProduitForm(forms.Form):
    """Le produit d’un organisme."""

    montant = EurosField(
        label="Total des produits du compte de résultat (€)",
        help_text="Celui des comptes approuvés de l’année, toutes ressources comprises.",
    )

    def clean_montant(self) -> Any:
        """Un organisme sans produit n’a pas de part."""
        montant = self.cleaned_data["montant"]
        if not montant:
            raise ValidationError("Un montant positif\u00a0: sans lui, aucune part ne se calcule.")
        return montant
