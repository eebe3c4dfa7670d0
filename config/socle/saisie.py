"""Ce que tout formulaire doit à qui tape : rien n’est coupé en silence, et une borne se dit en une phrase."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator

from config.socle.montants import format_nombre

LECTURE_ECRITURE = ["GET", "HEAD", "POST"]  # les méthodes d’une page de saisie : on la lit, on l’envoie
NOMBRE_AU_PLUS = 1_000_000  # bénévoles, adhérents… : au-delà, c’est une faute de frappe


class SaisieEntiere:
    """À mettre avant `forms.Form` ou `forms.ModelForm`.

    Un navigateur coupe sans le dire ce qu’on colle au-delà de « maxlength » : la longueur se vérifie ici, et se dit.
    """

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.widget.attrs.pop("maxlength", None)
            if isinstance(champ, forms.IntegerField) and not isinstance(champ, forms.DecimalField):
                _borner(champ)


def _borner(champ: forms.IntegerField) -> None:
    """La borne de la colonne (2 147 483 647) ne dit rien à personne."""
    if champ.max_value is None and not champ.widget.is_hidden:
        champ.max_value = NOMBRE_AU_PLUS
        phrase = f"Ce nombre est trop grand\u00a0: {format_nombre(NOMBRE_AU_PLUS)} au plus."
        champ.validators.append(MaxValueValidator(NOMBRE_AU_PLUS, message=phrase))
