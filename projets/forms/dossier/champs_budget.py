"""Les champs et les lignes du budget."""

from dataclasses import dataclass
from typing import Any

from django import forms

from projets.rules.euros import MontantIllisible, lire_euros
from projets.rules.lignes_cerfa import ASP, DEPARTEMENT, FSE, Poste, cle_ligne

RANG_MAXIMUM = 12  # financeurs d’un même compte


class EurosField(forms.CharField):
    """Un montant tapé en euros entiers ; vide vaut zéro. Rend des centimes."""

    def __init__(self, libelle: str, **attributs: object) -> None:
        saisie = forms.TextInput(
            attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "off", "aria-label": libelle}
            | attributs
        )
        super().__init__(label=libelle, required=False, widget=saisie)

    def clean(self, value: Any) -> Any:
        """Des centimes entiers, ou l’erreur qui dit quoi écrire."""
        try:
            return lire_euros(str(super().clean(value)))
        except MontantIllisible as raison:
            raise forms.ValidationError(str(raison), code="illisible") from raison


@dataclass(frozen=True, slots=True)
class Place:
    """Une ligne du tableau : le poste, son rang, et si le porteur l’a retirée."""

    poste: Poste
    rang: int
    nom: str
    est_retiree: bool = False

    @property
    def cle(self) -> str:
        """« 601 », « 74com_2 »."""
        return cle_ligne(self.poste.compte, self.rang)

    @property
    def est_la_demande(self) -> bool:
        """Vrai pour la ligne du montant demandé au département."""
        return (self.poste.compte, self.rang) == (DEPARTEMENT, 0)

    @property
    def est_precisee(self) -> bool:
        """Vrai si l’on y tape le nom du financeur."""
        return self.rang > 0

    @property
    def a_un_etat(self) -> bool:
        """Vrai pour un cofinanceur : son aide est sollicitée ou acquise."""
        return self.rang > 0 or self.poste.compte in {FSE, ASP}
