"""Revoir un bilan : filtrer la file, demander une correction, valider, rouvrir, régler l’appel."""

from typing import Any

from django import forms
from django.forms import BaseModelFormSet, modelformset_factory

from config.socle.montants import en_centimes, en_euros
from config.socle.saisie import SaisieEntiere
from financements.forms.montants import EurosField
from financements.models import Bilan, IndicateurDAppel, ReglageDesBilans
from financements.rules.bilan import motif_est_du
from financements.states.execution import EtatBilan

RETARD = "retard"
LIGNES_LIBRES = 2


class FiltreDesBilans(forms.Form):
    """Les filtres de la file, gardés dans l’adresse ; un filtre illisible ne filtre pas."""

    annee = forms.TypedChoiceField(label="Année", required=False, coerce=int, empty_value=None)
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "tous"), (RETARD, "en retard"), *EtatBilan.choices],
    )
    q = forms.CharField(label="Rechercher une action, un organisme, un numéro", required=False)

    def __init__(self, data: Any, annees: list[int]) -> None:
        super().__init__(data)
        champ: Any = self.fields["annee"]
        champ.choices = [("", "toutes"), *((annee, str(annee)) for annee in annees)]


class _AvecVersion(SaisieEntiere, forms.Form):
    """Un acte sur le bilan tel que la page le montre."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, bilan: Bilan, data: Any = None) -> None:
        self.bilan = bilan
        super().__init__(data, initial={"version": bilan.version})


class CorrectionForm(_AvecVersion):
    """Ce qui est à corriger, dit à l’organisme mot pour mot."""

    motif = forms.CharField(
        label="Ce qui est à corriger",
        help_text="L’organisme lit ce texte tel quel.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ValidationDuBilanForm(_AvecVersion):
    """Le coût réel éligible retenu ; autre que celui que donnent les lignes, il se motive."""

    cout_reel = EurosField(label="Coût réel éligible retenu (€)", required=True)
    motif = forms.CharField(
        label="Motif de l’écart avec le coût proposé",
        help_text="À remplir si le coût retenu n’est pas le coût proposé.",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, bilan: Bilan, data: Any = None) -> None:
        super().__init__(bilan, data)
        self.fields["cout_reel"].initial = bilan.cout_propose

    def clean(self) -> dict[str, Any]:
        """Un coût retenu qui n’est pas le proposé sans motif : l’erreur se dit près du motif."""
        retenu, propose = self.cleaned_data.get("cout_reel"), self.bilan.cout_propose or en_euros(0)
        if (
            retenu is not None
            and motif_est_du(en_centimes(propose), en_centimes(retenu))
            and not self.cleaned_data.get("motif", "").strip()
        ):
            self.add_error("motif", "Ce coût n’est pas celui que donnent les lignes\u00a0: dites pourquoi.")
        return self.cleaned_data


class ReglageDesBilansForm(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Le seuil au-delà duquel un écart s’explique."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    seuil_montant = EurosField(label="Écart à expliquer (€)", required=True)

    class Meta:
        model = ReglageDesBilans
        fields = ("seuil_pourcent", "seuil_montant")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version


class IndicateurForm(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Un indicateur que tous les bilans renseignent ; vidé, il n’est plus demandé."""

    use_required_attribute = False

    class Meta:
        model = IndicateurDAppel
        fields = ("libelle", "unite", "est_un_effectif")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["libelle"].required = False


def indicateurs_de(reglage: ReglageDesBilans, data: Any = None) -> "BaseModelFormSet[IndicateurDAppel, Any]":
    """Les indicateurs de l’appel, et deux lignes où en ajouter."""
    formulaires = modelformset_factory(IndicateurDAppel, form=IndicateurForm, extra=LIGNES_LIBRES)
    return formulaires(data, queryset=IndicateurDAppel.objects.filter(appel=reglage.appel), prefix="indicateurs")
