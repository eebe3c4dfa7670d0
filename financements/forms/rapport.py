"""Demander un rapport : sa sorte, ce qu’il couvre, et ses années."""

from typing import Any

from django import forms

from config.socle.montants import INSECABLE
from financements.chiffres import Perimetre
from financements.states import SorteDeRapport
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire

ENTIER = "programme"


class PorteeForm(forms.Form):
    """La sorte d’un rapport et ce qu’il couvre, sur un appel donné."""

    sorte = forms.ChoiceField(
        label="Sorte de rapport", choices=SorteDeRapport.choices, required=False, widget=forms.RadioSelect
    )
    portee = forms.ChoiceField(label="Ce que le rapport couvre")

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appel = appel
        self.axes = {f"axe-{axe.numero}": axe for axe in appel.axes.order_by("numero")}
        territoires = Territoire.objects.defer("contour").order_by("nom_tri")
        self.territoires = {f"territoire-{territoire.code}": territoire for territoire in territoires}
        self._choix("portee").choices = [
            (ENTIER, "Programme entier"),
            ("Un territoire", [(cle, territoire.nom) for cle, territoire in self.territoires.items()]),
            ("Un axe", [(cle, f"{axe.numero}.{INSECABLE}{axe.intitule}") for cle, axe in self.axes.items()]),
        ]
        self.initial = {"sorte": SorteDeRapport.PLURIANNUEL, "portee": ENTIER, **self.initial}

    def _choix(self, nom: str) -> forms.ChoiceField:
        champ = self.fields[nom]
        assert isinstance(champ, forms.ChoiceField)  # noqa: S101 (déclarés ci-dessus)
        return champ

    def clean(self) -> dict[str, Any]:
        """Le rapport de l’élu est celui d’un territoire."""
        saisie: dict[str, Any] = super().clean() or {}
        if saisie.get("sorte") == SorteDeRapport.ELU and saisie.get("portee", ENTIER) not in self.territoires:
            self.add_error("portee", "Le rapport de l’élu est celui d’un territoire : en choisir un.")
        return saisie

    @property
    def sorte_demandee(self) -> SorteDeRapport:
        """Le rapport entier si rien n’est choisi ; le formulaire doit être valide."""
        return SorteDeRapport(self.cleaned_data["sorte"] or SorteDeRapport.PLURIANNUEL)

    @property
    def portee_choisie(self) -> tuple[Territoire | None, Axe | None]:
        """Le territoire, l’axe, ou ni l’un ni l’autre ; le formulaire doit être valide."""
        portee = self.cleaned_data["portee"]
        return self.territoires.get(portee), self.axes.get(portee)


class RapportForm(PorteeForm):
    """Le périmètre d’un rapport sur un appel donné."""

    annee_debut = forms.TypedChoiceField(label="Première année", coerce=int)
    annee_fin = forms.TypedChoiceField(label="Dernière année", coerce=int)

    def __init__(self, *args: Any, appel: AppelAProjets, **kwargs: Any) -> None:
        super().__init__(*args, appel=appel, **kwargs)
        annees = [(annee, str(annee)) for annee in appel.annees]
        self._choix("annee_debut").choices = self._choix("annee_fin").choices = annees
        self.initial = {"annee_debut": appel.annee_debut, "annee_fin": appel.annee_fin, **self.initial}

    def clean(self) -> dict[str, Any]:
        """La dernière année ne vient pas avant la première."""
        saisie = super().clean()
        debut, fin = saisie.get("annee_debut"), saisie.get("annee_fin")
        if debut and fin and fin < debut:
            self.add_error("annee_fin", f"La dernière année vient après la première : choisir {debut} ou plus tard.")
        return saisie

    def perimetre(self) -> Perimetre:
        """Le périmètre demandé ; le formulaire doit être valide."""
        annees = tuple(range(self.cleaned_data["annee_debut"], self.cleaned_data["annee_fin"] + 1))
        return Perimetre(self.appel, annees, *self.portee_choisie)
