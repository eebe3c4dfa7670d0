"""Les formulaires de l’adoption : signer une dérogation, revenir sur l’adoption."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms

from config.socle.saisie import SaisieEntiere

LONGUEUR = 2000
TEXTE = {"rows": 3}


def empreinte(depassements: Sequence[tuple[str, int, Decimal]]) -> str:
    """Ce que la page montrait, en un mot : deux listes de dépassements différentes ont deux empreintes."""
    return sha256(repr([(libelle, annee, str(euros)) for libelle, annee, euros in depassements]).encode()).hexdigest()


class DerogationForm(SaisieEntiere, forms.Form):
    """Motif, source, et la signature de la personne, sur les dépassements qu’elle a lus."""

    motif = forms.CharField(label="Pourquoi dépasser", max_length=LONGUEUR, widget=forms.Textarea(attrs=TEXTE))
    source = forms.CharField(
        label="Qui paie ce dépassement (source de financement)",
        max_length=LONGUEUR,
        widget=forms.Textarea(attrs=TEXTE),
    )
    signe = forms.BooleanField(
        label="Je signe cette dérogation en mon nom", error_messages={"required": "Cochez pour signer."}
    )
    vus = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, vus: Sequence[tuple[str, int, Decimal]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._vus = empreinte(vus)
        self.fields["vus"].initial = self._vus
        self.fields["vus"].widget = forms.HiddenInput(attrs={"value": self._vus})

    def clean_vus(self) -> str:
        """On ne signe que ce que l’on a lu."""
        vus: str = self.cleaned_data["vus"]
        if vus != self._vus:
            raise forms.ValidationError("Les dépassements ont changé depuis\u00a0: relisez-les avant de signer.")
        return vus


class RetourForm(SaisieEntiere, forms.Form):
    """Le motif d’un retour."""

    motif = forms.CharField(
        label="Pourquoi revenir sur l’adoption", max_length=LONGUEUR, widget=forms.Textarea(attrs=TEXTE)
    )
