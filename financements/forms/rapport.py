"""Demander un rapport : ce qu’il couvre, et ses années."""

from typing import Any

from django import forms

from config.socle.montants import INSECABLE
from financements.chiffres import Perimetre
from projets.models import AppelAProjets
from territoires.models import Territoire

ENTIER = "programme"


class RapportForm(forms.Form):
    """Le périmètre d’un rapport sur un appel donné."""

    portee = forms.ChoiceField(label="Ce que le rapport couvre")
    annee_debut = forms.TypedChoiceField(label="Première année", coerce=int)
    annee_fin = forms.TypedChoiceField(label="Dernière année", coerce=int)

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appel = appel
        self.axes = {f"axe-{axe.numero}": axe for axe in appel.axes.order_by("numero")}
        territoires = Territoire.objects.defer("contour").order_by("nom_tri")
        self.territoires = {f"territoire-{territoire.code}": territoire for territoire in territoires}
        annees = [(annee, str(annee)) for annee in appel.annees]
        self._choix("portee").choices = [
            (ENTIER, "Programme entier"),
            ("Un territoire", [(cle, territoire.nom) for cle, territoire in self.territoires.items()]),
            ("Un axe", [(cle, f"{axe.numero}.{INSECABLE}{axe.intitule}") for cle, axe in self.axes.items()]),
        ]
        self._choix("annee_debut").choices = self._choix("annee_fin").choices = annees
        self.initial = {
            "portee": ENTIER,
            "annee_debut": appel.annee_debut,
            "annee_fin": appel.annee_fin,
            **self.initial,
        }

    def _choix(self, nom: str) -> forms.ChoiceField:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 (déclarés ci-dessus)
        return champ

    def clean(self) -> dict[str, Any]:
        """La dernière année ne vient pas avant la première."""
        saisie: dict[str, Any] = super().clean() or {}
        debut, fin = saisie.get("annee_debut"), saisie.get("annee_fin")
        if debut and fin and fin < debut:
            self.add_error("annee_fin", f"La dernière année vient après la première : choisir {debut} ou plus tard.")
        return saisie

    def perimetre(self) -> Perimetre:
        """Le périmètre demandé ; le formulaire doit être valide."""
        portee = self.cleaned_data["portee"]
        annees = tuple(range(self.cleaned_data["annee_debut"], self.cleaned_data["annee_fin"] + 1))
        return Perimetre(self.appel, annees, self.territoires.get(portee), self.axes.get(portee))
