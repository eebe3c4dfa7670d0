"""Le champ d’un filtre : d’un bloc ou par crispy, la page est la même."""

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.test.html import parse_html

from config.socle.templatetags.ecrans import champ_de_filtre

CHOIX = [("", "Tous"), ("1", "Éveil & « co »"), (2, "L’été <b>")]


class FiltresForm(forms.Form):
    liste = forms.ChoiceField(choices=CHOIX, required=False, label="L’axe")
    groupee = forms.ChoiceField(choices=[("Groupe", CHOIX)], required=False)
    aidee = forms.ChoiceField(choices=CHOIX, required=False, help_text="Une aide.")
    obligatoire = forms.ChoiceField(choices=CHOIX)
    plusieurs = forms.MultipleChoiceField(choices=CHOIX, required=False)
    texte = forms.CharField(required=False)
    case = forms.BooleanField(required=False)


@pytest.mark.parametrize(
    "form",
    [
        FiltresForm(),
        FiltresForm({}),
        FiltresForm({"liste": "2", "plusieurs": ["1", "2"], "texte": "<i>"}),
        FiltresForm({"liste": "inconnu", "groupee": "inconnu"}),
        FiltresForm({"liste": "1"}, prefix="p", initial={"liste": 2}),
    ],
    ids=["vide", "envoyé", "choisi", "refusé", "préfixé"],
)
def test_chaque_champ_est_celui_de_crispy(form):
    rendus = {champ.name: parse_html(champ_de_filtre(champ)) for champ in form.visible_fields()}
    assert rendus == {champ.name: parse_html(as_crispy_field(champ)) for champ in form.visible_fields()}
