"""Le texte et les dates du rapport à l’assemblée."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from config.socle.saisie import SaisieEntiere
from financements.actions.rapport_assemblee.rediger import Dates
from financements.models import RapportALAssemblee
from financements.models.rapport_assemblee import LONGUEUR_DU_TEXTE
from financements.rules.variables import analyser
from projets.forms.fields import JourField
from projets.forms.version import repartir_de

LIGNES_DU_TEXTE = 28
PREMIERE_ANNEE = 2000  # une année à deux chiffres est une faute de frappe


class _DuRapport(SaisieEntiere, forms.Form):
    def signaler_le_conflit(self, actuel: RapportALAssemblee) -> None:
        """La saisie reste."""
        phrase = (
            "Le rapport a changé depuis que vous avez ouvert cette page\u00a0: relisez-le, puis envoyez de nouveau."
        )
        repartir_de(self, actuel, phrase)


class TexteForm(_DuRapport):
    """`variables` : celles que l’appel connaît ; une autre est refusée avec sa ligne."""

    titre = forms.CharField(label="Titre", max_length=200)
    texte = forms.CharField(
        label="Texte du rapport",
        max_length=LONGUEUR_DU_TEXTE,
        widget=forms.Textarea(attrs={"rows": LIGNES_DU_TEXTE, "spellcheck": "true"}),
        help_text="« # » commence un titre, « ## » un sous-titre, « - » un élément de liste ; une ligne vide sépare "
        "les paragraphes. Une variable s’écrit entre accolades, comme {{ montant_total }}.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rapport: RapportALAssemblee, variables: dict[str, str], **kwargs: Any) -> None:
        initial = {"titre": rapport.titre, "texte": rapport.texte, "version": rapport.version}
        super().__init__(*args, initial=initial, **kwargs)
        self._variables = variables

    def clean_texte(self) -> str:
        """Toutes les fautes d’un coup, chacune avec sa ligne."""
        texte: str = self.cleaned_data["texte"]
        erreurs = analyser(texte, self._variables).erreurs
        if erreurs:
            raise ValidationError([str(erreur) for erreur in erreurs])
        return texte


class DatesDuRapportForm(_DuRapport):
    """La séance, l’envoi, l’urgence."""

    seance_le = JourField(label="Séance de l’assemblée le", required=False)
    envoye_le = JourField(label="Rapport envoyé aux élus le", required=False)
    est_urgent = forms.BooleanField(
        label="Délai abrégé pour urgence",
        required=False,
        help_text="Sans urgence\u00a0: douze jours au moins avant la séance. En urgence\u00a0: un jour franc "
        "(CGCT L3121-19).",
    )
    motif_d_urgence = forms.CharField(
        label="Motif de l’urgence", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rapport: RapportALAssemblee, **kwargs: Any) -> None:
        super().__init__(
            *args, initial={nom: getattr(rapport, nom) for nom in self.base_fields}, prefix="dates", **kwargs
        )

    def clean(self) -> dict[str, Any]:
        """Une année à quatre chiffres."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        for nom in ("seance_le", "envoye_le"):
            jour = lues.get(nom)
            if jour and jour.year < PREMIERE_ANNEE:
                self.add_error(nom, "Écrivez l’année en quatre chiffres.")
        return lues

    def dates(self, aujourd_hui: date) -> Dates:
        """Ce que l’acte attend ; le formulaire doit être valide."""
        lues = {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "version"}
        return Dates(**lues, aujourd_hui=aujourd_hui)
