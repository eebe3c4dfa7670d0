"""Le formulaire d’un avenant : objet, montants par année, date de fin, délibération."""

from typing import Any

from django import forms

from config.socle.montants import en_centimes
from config.socle.saisie import SaisieEntiere
from financements.actions.conventions.avenants import Demande
from financements.chiffres.avenants import tranches_de
from financements.chiffres.deliberation import deliberations_de
from financements.forms.montants import EurosField
from financements.models import Avenant, Convention, Deliberation
from projets.forms.fields import JourField


class AvenantForm(SaisieEntiere, forms.Form):
    """Une année laissée vide ne change pas."""

    objet = forms.CharField(label="Objet", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    fin_le = JourField(label="Nouvelle date de fin", required=False)
    deliberation: forms.ModelChoiceField[Deliberation] = forms.ModelChoiceField(
        label="Délibération qui l’autorise",
        queryset=Deliberation.objects.none(),
        required=False,
        empty_label="aucune",
        help_text="Obligatoire si une année gagne\u00a0: exécutoire avant d’éditer.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, convention: Convention, avenant: Avenant | None = None, **kwargs: Any) -> None:
        depart: dict[str, Any] = {}
        if avenant is not None:
            depart = {
                "objet": avenant.objet,
                "fin_le": avenant.fin_le,
                "deliberation": avenant.deliberation_id,
                "version": avenant.version,
            }
        super().__init__(*args, initial=depart, **kwargs)
        appel = convention.action.projet.appel
        self.fields["deliberation"].queryset = deliberations_de(appel)
        self._actuels = tranches_de(convention.action)
        self._annees = list(appel.annees)
        for annee in self._annees:
            self.fields[f"montant_{annee}"] = EurosField(label=f"Aide {annee}", required=False)
            if avenant is not None and (voulu := _voulu(avenant, annee)):
                self.initial[f"montant_{annee}"] = voulu

    @property
    def montants_saisis(self) -> list[tuple[int, int, Any]]:
        """(année, centimes en vigueur, champ) de chaque année."""
        return [(annee, self._actuels.get(annee, 0), self[f"montant_{annee}"]) for annee in self._annees]

    @property
    def autres_champs(self) -> list[Any]:
        """Ceux qui ne sont pas dans le tableau des montants."""
        return [self[nom] for nom in ("objet", "fin_le", "deliberation")]

    def demande(self) -> Demande:
        """Ce que l’acte attend."""
        lues = self.cleaned_data
        tapes = {annee: lues[f"montant_{annee}"] for annee in self._annees}
        montants = {annee: en_centimes(euros) for annee, euros in tapes.items() if euros is not None}
        return Demande(lues["objet"], montants, lues["fin_le"], lues["deliberation"])


def _voulu(avenant: Avenant, annee: int) -> str:
    """Le montant que l’avenant change, comme on l’écrit ; vide si l’année ne change pas."""
    apres = avenant.montants_apres.get(str(annee), "")
    return "" if apres == avenant.montants_avant.get(str(annee), "") else str(apres).replace(".", ",")
