"""Les champs que les étapes partagent. Rien n’y tronque ce qui est tapé : une valeur fausse se dit, et se garde."""

from datetime import date
from typing import Any

from django import forms

LONGUEUR_D_UN_TEXTE = 8000  # caractères


def texte_long(
    libelle: str,
    aide: str = "",
    *,
    est_obligatoire: bool = True,
    lignes: int = 5,
    longueur: int = LONGUEUR_D_UN_TEXTE,
) -> forms.CharField:
    """Un texte sur plusieurs lignes, de `longueur` caractères au plus."""
    cadre = forms.Textarea(attrs={"rows": lignes})
    return forms.CharField(label=libelle, help_text=aide, required=est_obligatoire, max_length=longueur, widget=cadre)


class DateSaisie(forms.DateInput):
    """Un calendrier, sauf si ce qui est gardé n’en est pas une date ISO : on le montre alors tel qu’il a été tapé.

    Un champ de sorte « date » vide en silence ce qu’il ne sait pas lire, et l’envoi suivant effacerait la saisie.
    """

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """`type` vaut « date », ou « text »."""
        contexte = super().get_context(name, value, attrs)
        contexte["widget"]["type"] = "date" if est_une_date_iso(contexte["widget"]["value"]) else "text"
        return contexte


def est_une_date_iso(valeur: str | None) -> bool:
    """Vrai pour « 2016-06-13 » et pour le vide."""
    try:
        return not valeur or date.fromisoformat(valeur).isoformat() == valeur
    except ValueError:
        return False


def champ_date(libelle: str, aide: str = "") -> forms.DateField:
    """Une date, obligatoire pour déposer."""
    return forms.DateField(label=libelle, help_text=aide, widget=DateSaisie())
