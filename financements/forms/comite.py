"""Les formulaires du comité : régler, noter un présent, amender, déporter, justifier."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from comptes.models import Personne
from config.socle.montants import en_centimes, format_nombre
from config.socle.saisie import SaisieEntiere
from financements.chiffres.arbitrage.lignes import LigneMontree
from financements.forms.arbitrage import lire_euros
from financements.models import Comite, DeportDElu, Elu, Scenario
from financements.states import Choix, EtatScenario
from projets.forms.fields import JourField
from projets.models import AppelAProjets

LONGUEUR = 2000
TEXTE = {"rows": 2}


class ComiteForm(SaisieEntiere, forms.Form):
    """Date, lieu, présidence, axes à l’ordre du jour, règle des ex æquo ; le scénario se choisit à la création."""

    scenario = forms.ModelChoiceField(label="Scénario examiné", queryset=Scenario.objects.none(), empty_label=None)
    tenu_le = JourField(label="Tenu le")
    lieu = forms.CharField(label="Lieu", max_length=200)
    preside_par = forms.CharField(label="Présidé par", max_length=120)
    axes = forms.MultipleChoiceField(
        label="Axes à l’ordre du jour",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucun axe coché : tous les projets du scénario.",
    )
    regle_ex_aequo = forms.CharField(
        label="Règle pour départager les ex æquo",
        required=False,
        max_length=LONGUEUR,
        widget=forms.Textarea(attrs=TEXTE),
        help_text="Demandée à la clôture si des projets de même note ont un sort différent.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, personne: Personne, appel: AppelAProjets, comite: Comite | None = None, **kwargs: Any
    ) -> None:
        if comite:
            kwargs["initial"] = {nom: getattr(comite, nom) for nom in self.base_fields if nom != "scenario"}
        super().__init__(*args, **kwargs)
        self.fields["axes"].choices = [(axe.numero, f"{axe.numero}. {axe.intitule}") for axe in appel.axes.all()]
        if comite:
            del self.fields["scenario"]
        else:
            libres = Scenario.objects.visibles_par(personne).filter(appel=appel, etat=EtatScenario.ETUDE)
            self.fields["scenario"].queryset = libres

    def clean_axes(self) -> list[int]:
        """Les numéros, en entiers."""
        return [int(numero) for numero in self.cleaned_data["axes"]]

    def clean_tenu_le(self) -> date:
        """Une année à quatre chiffres."""
        jour: date = self.cleaned_data["tenu_le"]
        if jour.year < 2000:  # noqa: PLR2004 (an 2000)
            raise ValidationError("Écrivez l’année en quatre chiffres.")
        return jour


class EluForm(SaisieEntiere, forms.Form):
    """Un élu présent."""

    nom = forms.CharField(label="Nom", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    qualite = forms.CharField(label="Qualité", max_length=120)
    canton = forms.CharField(label="Canton (facultatif)", max_length=120, required=False)


class _DUnElu(SaisieEntiere, forms.Form):
    """`point` : le rang que la page montrait. `elus` : ceux que l’on peut choisir."""

    point = forms.IntegerField(widget=forms.HiddenInput)
    elu = forms.ModelChoiceField(label="Élu", queryset=Elu.objects.none(), empty_label="choisir un élu")
    motif = forms.CharField(label="Motif", max_length=LONGUEUR, widget=forms.Textarea(attrs=TEXTE))

    def __init__(self, *args: Any, comite: Comite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["elu"].queryset = comite.elus.all()


class DeportForm(_DUnElu):
    """Un élu s’écarte du point courant."""

    prefix = "deport"
    motif = forms.CharField(label="Motif du déport", max_length=300)


class AmendementForm(_DUnElu):
    """Le choix et les montants d’un point, qui le propose, et pourquoi. `montants` : centimes par année."""

    choix = forms.ChoiceField(label="Choix", choices=Choix.choices, widget=forms.RadioSelect)
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("choix", "elu", "motif")

    def __init__(self, *args: Any, comite: Comite, vue: LigneMontree, rang: int, **kwargs: Any) -> None:
        super().__init__(*args, comite=comite, **kwargs)
        deportes = DeportDElu.objects.filter(projet=vue.projet, elu__comite=comite).values("elu")
        self.fields["elu"].queryset = comite.elus.exclude(pk__in=deportes)
        self.fields["elu"].label = "Proposé par"
        possibles = list(self.fields["elu"].queryset[:2])
        if len(possibles) == 1:
            self.fields["elu"].initial = possibles[0]
        self.fields["point"].initial, self.fields["version"].initial = rang, vue.ligne.version
        self.fields["choix"].initial = vue.ligne.choix
        demandees = [an for an in vue.annees if an.demande is not None]
        self._annees = [an.annee for an in demandees]
        for an in demandees:
            self.fields[f"m-{an.annee}"] = forms.CharField(
                label=str(an.annee),
                required=False,
                initial=format_nombre(an.montant, 2 if an.montant % 1 else 0),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def champs_des_annees(self) -> list[forms.BoundField]:
        """Un champ par année que le projet demande."""
        return [self[f"m-{annee}"] for annee in self._annees]

    def clean(self) -> dict[str, Any]:
        """`montants` : ce qui a été tapé, en centimes ; une erreur va sous son année."""
        valeurs: dict[str, Any] = super().clean() or self.cleaned_data
        valeurs["montants"] = {}
        for annee in self._annees:
            try:
                valeurs["montants"][annee] = en_centimes(lire_euros(valeurs.get(f"m-{annee}", "")))
            except ValidationError as refus:
                self.add_error(f"m-{annee}", refus)
        return valeurs


class EcartForm(SaisieEntiere, forms.Form):
    """La même justification pour les écarts cochés."""

    projets = forms.TypedMultipleChoiceField(
        label="Écarts",
        coerce=int,
        error_messages={
            "required": "Cochez au moins un écart.",
            "invalid_choice": "Cet écart n’est plus dans la liste.",
        },
    )
    justification = forms.CharField(
        label="Justification", max_length=LONGUEUR, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, projets: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projets"].choices = [(projet, str(projet)) for projet in projets]


class RegleForm(SaisieEntiere, forms.Form):
    """La règle qui départage les ex æquo."""

    regle_ex_aequo = forms.CharField(
        label="Règle pour départager les ex æquo", max_length=LONGUEUR, widget=forms.Textarea(attrs=TEXTE)
    )
