"""L’étape « L’action » : ce que l’on veut faire, comment, avec qui, et les questions de l’appel."""

from collections.abc import Mapping
from typing import Any

from django import forms

from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.etape import EtapeForm
from projets.forms.reponses import champ_de
from projets.rules.fusion import Valeur


def texte_long(libelle: str, aide: str = "", *, est_obligatoire: bool = True, lignes: int = 5) -> forms.CharField:
    """Un texte sur plusieurs lignes, de 8 000 caractères au plus."""
    cadre = forms.Textarea(attrs={"rows": lignes})
    return forms.CharField(label=libelle, help_text=aide, required=est_obligatoire, max_length=8000, widget=cadre)


class ActionForm(EtapeForm):
    """Intitulé, axe, description, moyens, résultats, indicateurs, puis les questions de l’appel et de l’axe."""

    intitule = forms.CharField(label="Intitulé de l’action", max_length=300)
    axe = forms.ChoiceField(label="Axe de l’appel")
    objectifs = texte_long("Objectifs", "À quel besoin l’action répond-elle ?")
    description = texte_long("Description", "Ce que vous ferez, concrètement.", lignes=8)

    def __init__(self, donnees: DonneesDuProjet, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(donnees, valeurs)
        axe: Any = self.fields["axe"]
        axe.choices = [("", "Choisir un axe"), *((str(a.pk), str(a)) for a in donnees.axes)]
        for question in donnees.questions:
            self.fields[f"question_{question.pk}"] = champ_de(question)
