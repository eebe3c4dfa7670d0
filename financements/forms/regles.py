"""Le formulaire d’une règle de versement : son nom, et une ligne par étape."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.dates import MONTHS

from config.socle.montants import en_euros, format_nombre
from config.socle.saisie import SaisieEntiere
from financements.forms.montants import PourcentField
from financements.rules.versements import AU_PLUS, MODELES, Etape
from financements.states.execution import NatureDeVersement


class RegleForm(SaisieEntiere, forms.Form):
    """Le nom de la règle."""

    nom = forms.CharField(label="Nom de la règle", max_length=60)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class EtapeForm(SaisieEntiere, forms.Form):
    """Une étape ; sans part, la ligne ne compte pas."""

    nature = forms.ChoiceField(label="Nature", choices=NatureDeVersement.choices, required=False)
    part = PourcentField(label="Part (%)")
    decalage = forms.TypedChoiceField(
        label="Année", choices=[(0, "de la tranche"), (1, "suivante")], coerce=int, required=False, empty_value="0"
    )
    mois = forms.TypedChoiceField(
        label="Mois", choices=list(MONTHS.items()), coerce=int, required=False, empty_value="1"
    )
    attend_la_convention = forms.BooleanField(label="attend la convention, si elle est obligatoire", required=False)
    attend_le_bilan_precedent = forms.BooleanField(label="attend le bilan de l’année d’avant", required=False)
    attend_le_bilan = forms.BooleanField(label="attend le bilan de l’année", required=False)
    pieces = forms.CharField(
        label="Pièces à joindre, une par ligne",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def etape(self, rang: int) -> Etape | None:
        """Ce que l’acte attend ; None pour une ligne vide."""
        lus = self.cleaned_data
        if not lus.get("part"):
            return None
        return Etape(
            rang=rang,
            nature=lus["nature"],
            part=lus["part"],
            decalage=int(lus["decalage"]),
            mois=int(lus["mois"]),
            attend_la_convention=lus["attend_la_convention"],
            attend_le_bilan_precedent=lus["attend_le_bilan_precedent"],
            attend_le_bilan=lus["attend_le_bilan"],
            pieces=tuple(ligne.strip()[:120] for ligne in lus["pieces"].splitlines() if ligne.strip()),
        )


class SaisieDeRegle:
    """La règle et ses lignes ensemble : six au plus. `modele` : une clé de `MODELES`, pour commencer."""

    def __init__(self, donnees: Any, nom: str = "", version: int = 0, etapes: Sequence[Etape] = ()) -> None:
        self.form = RegleForm(donnees, initial={"nom": nom, "version": version})
        self.lignes = [
            EtapeForm(donnees, prefix=f"e{rang}", initial=_depart(etapes[rang]) if rang < len(etapes) else {"mois": 3})
            for rang in range(AU_PLUS)
        ]

    def est_valide(self) -> bool:
        """Toutes les lignes se lisent."""
        return all([self.form.is_valid(), *(ligne.is_valid() for ligne in self.lignes)])

    def etapes(self) -> list[Etape]:
        """Celles qui ont une part, dans l’ordre."""
        lues = (ligne.etape(rang) for rang, ligne in enumerate(self.lignes, start=1))
        return [etape for etape in lues if etape is not None]


def _depart(etape: Etape) -> dict[str, Any]:
    return {
        "nature": etape.nature,
        "part": format_nombre(en_euros(etape.part), 2 if etape.part % 100 else 0),
        "decalage": etape.decalage,
        "mois": etape.mois,
        "attend_la_convention": etape.attend_la_convention,
        "attend_le_bilan_precedent": etape.attend_le_bilan_precedent,
        "attend_le_bilan": etape.attend_le_bilan,
        "pieces": "\n".join(etape.pieces),
    }


def modele(cle: str) -> tuple[str, Sequence[Etape]]:
    """Le nom et les étapes d’un modèle ; le premier si la clé n’en est pas une."""
    return MODELES.get(cle, next(iter(MODELES.values())))
