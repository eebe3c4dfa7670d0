"""Les formulaires des lettres de décision : un modèle, un recommandé."""

from typing import Any

from django import forms

from config.socle.saisie import SaisieEntiere
from financements.models import Recommande
from financements.models.lettres import LONGUEUR_DU_CORPS
from financements.rules.lettres import Texte
from projets.forms.fields import JourField


class ModeleForm(SaisieEntiere, forms.Form):
    """L’objet et le corps d’une lettre, à variables."""

    objet = forms.CharField(label="Objet", max_length=200)
    corps = forms.CharField(
        label="Corps de la lettre",
        max_length=LONGUEUR_DU_CORPS,
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "true"}),
        help_text="Une ligne vide sépare deux paragraphes. «\u00a0# Titre\u00a0» fait un titre, «\u00a0-\u00a0» une "
        "liste. Un paragraphe dont la variable est vide disparaît, avec son titre.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, texte: Texte, version: int, **kwargs: Any) -> None:
        depart = {"objet": texte.objet, "corps": texte.corps, "version": version}
        super().__init__(*args, initial=depart, **kwargs)

    def texte(self) -> Texte:
        """Ce qui est tapé."""
        lues = self.cleaned_data
        return Texte(lues["objet"], lues["corps"], lues["version"])


class RecommandeForm(SaisieEntiere, forms.Form):
    """Le numéro du recommandé, puis le jour de son accusé de réception."""

    numero = forms.CharField(
        label="Numéro du recommandé",
        max_length=30,
        help_text="Tel qu’il est sur le bordereau, espaces permis\u00a0: 1A 123 456 7890 1.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    recu_le = JourField(
        label="Accusé de réception du",
        required=False,
        help_text="Le jour écrit sur l’accusé revenu\u00a0; vide tant qu’il n’est pas revenu.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, recommande: Recommande | None, **kwargs: Any) -> None:
        depart: dict[str, Any] = {"version": 0}
        if recommande is not None:
            depart = {"numero": recommande.numero, "recu_le": recommande.recu_le, "version": recommande.version}
        super().__init__(*args, initial=depart, **kwargs)
