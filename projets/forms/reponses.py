"""Le formulaire que l’appel compose avec ses questions. Sert l’aperçu ; chaque champ s’appelle « question_<pk> »."""

from collections.abc import Callable, Iterable

from django import forms

from projets.forms.dossier.champs import DateSaisie
from projets.forms.fields import DecimalFrField
from projets.models import Question
from projets.states import SorteDeQuestion

Fabrique = Callable[..., forms.Field]
CHIFFRES_AU_PLUS = 12  # d’un nombre ou d’un montant
OUI_NON = (("oui", "Oui"), ("non", "Non"))


def _texte_long(**communs: object) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **communs)  # type: ignore[arg-type]


def _date(**communs: object) -> forms.Field:
    return forms.DateField(widget=DateSaisie(), **communs)  # type: ignore[arg-type]


def _entier(**communs: object) -> forms.Field:
    """Une case de texte : un champ de sorte « number » se vide sans le dire de ce qu’il ne sait pas lire."""
    return DecimalFrField(decimal_places=0, min_value=0, max_digits=CHIFFRES_AU_PLUS, **communs)


def _montant(**communs: object) -> forms.Field:
    return DecimalFrField(decimal_places=2, min_value=0, max_digits=CHIFFRES_AU_PLUS, **communs)


FABRIQUES: dict[str, Fabrique] = {
    SorteDeQuestion.TEXTE_COURT: forms.CharField,
    SorteDeQuestion.TEXTE_LONG: _texte_long,
    SorteDeQuestion.ENTIER: _entier,
    SorteDeQuestion.MONTANT: _montant,
    SorteDeQuestion.DATE: _date,
}


def champ_de(question: Question) -> forms.Field:
    """Le champ d’une question, avec son aide, obligatoire ou non."""
    communs = {"label": question.intitule, "help_text": question.aide, "required": question.est_obligatoire}
    if question.sorte == SorteDeQuestion.OUI_NON:
        return forms.ChoiceField(choices=OUI_NON, widget=forms.RadioSelect, **communs)  # type: ignore[arg-type]
    choix = [(libelle, libelle) for libelle in question.choix]
    if question.sorte == SorteDeQuestion.CHOIX_UNIQUE:
        return forms.ChoiceField(choices=choix, widget=forms.RadioSelect, **communs)  # type: ignore[arg-type]
    if question.sorte == SorteDeQuestion.CHOIX_MULTIPLE:
        return forms.MultipleChoiceField(choices=choix, widget=forms.CheckboxSelectMultiple, **communs)  # type: ignore[arg-type]
    return FABRIQUES[question.sorte](**communs)


class ReponsesForm(forms.Form):
    """Les questions données, dans l’ordre. `est_en_lecture` : rien ne se saisit."""

    def __init__(self, questions: Iterable[Question], *, est_en_lecture: bool) -> None:
        super().__init__()
        for question in questions:
            champ = champ_de(question)
            champ.disabled = est_en_lecture
            self.fields[f"question_{question.pk}"] = champ
