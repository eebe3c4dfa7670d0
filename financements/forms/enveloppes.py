"""Voter et réviser l’enveloppe, la répartir, reverser des reliquats, saisir les crédits de référence."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BoundField

from config.socle.montants import en_euros
from config.socle.saisie import SaisieEntiere
from financements.chiffres.previsualisation import EURO, Choix
from financements.chiffres.reference import Reference
from financements.chiffres.reliquats import Reversement
from financements.forms.montants import EurosField, PourcentField, QuotiteField, en_case
from projets.forms.fields import JourField
from projets.models import AppelAProjets, Axe
from territoires.models import ReleveEffectifs, Territoire

_JOURS_LUS = ["%Y-%m-%d", "%d/%m/%Y"]
LIGNES_DU_MOTIF = 3
GAIN_MAXIMUM, DUREE_MAXIMUM = 1000, 10


class VoteForm(SaisieEntiere, forms.Form):
    """Les crédits de paiement de chaque année ; leur somme est l’autorisation d’engagement."""

    deliberation = forms.CharField(label="Délibération", max_length=60, help_text="Sa référence, comme DLES/2016/211.")
    adoptee_le = JourField(label="Adoptée le", input_formats=_JOURS_LUS)

    def __init__(self, annees: Iterable[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.annees = list(annees)
        for annee in self.annees:
            champ = EurosField(label=f"Crédits de paiement {annee} (€)", max_length=20)
            self.fields[f"cp_{annee}"] = champ
        # Les années d’abord : c’est ce que l’on vient voter.
        self.order_fields([f"cp_{annee}" for annee in self.annees])

    def clean(self) -> dict[str, Any]:
        """Une enveloppe de zéro euro n’en est pas une."""
        lus: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(self.credits_annuels.values()):
            raise forms.ValidationError("Donnez au moins une année dont les crédits ne sont pas nuls.")
        return lus

    @property
    def credits_annuels(self) -> dict[int, Decimal]:
        """Année → euros ; le formulaire doit être valide."""
        return {annee: self.cleaned_data[f"cp_{annee}"] for annee in self.annees}

    @property
    def champs_des_annees(self) -> list[BoundField]:
        """Dans l’ordre des années."""
        return [self[f"cp_{annee}"] for annee in self.annees]


class RevisionForm(VoteForm):
    """Les nouveaux crédits, et l’acte qui les vote. `lues` : les révisions que la page montrait."""

    motif = forms.CharField(label="Motif", widget=forms.Textarea(attrs={"rows": LIGNES_DU_MOTIF}), max_length=2000)
    repartir = forms.BooleanField(
        label="Répartir de nouveau entre les territoires, avec les mêmes choix",
        required=False,
        help_text="Une nouvelle version de la répartition s’ajoute ; les précédentes restent.",
    )
    lues = forms.IntegerField(widget=forms.HiddenInput)


class RepartitionForm(SaisieEntiere, forms.Form):
    """Les choix d’une répartition. Envoyé par l’adresse (GET) : rien n’est écrit."""

    releve = forms.ModelChoiceField(
        label="Relevé d’effectifs", queryset=ReleveEffectifs.objects.all(), empty_label=None
    )
    unite = forms.TypedChoiceField(
        label="Unité", choices=[(1, "au centime"), (EURO, "à l’euro")], coerce=int, initial=1
    )
    depart = forms.ChoiceField(label="Par rapport à", required=False)
    perte = PourcentField(label="Perte au plus (%)", help_text="Plancher : aucun territoire ne perd davantage.")
    gain = PourcentField(
        label="Gain au plus (%)", maximum=GAIN_MAXIMUM, help_text="Plafond : aucun ne gagne davantage."
    )
    duree = forms.IntegerField(
        label="Convergence (années)",
        required=False,
        min_value=1,
        max_value=DUREE_MAXIMUM,
        help_text="Années pour passer du départ au prorata.",
    )

    def __init__(self, appel: AppelAProjets, annees: Sequence[int], departs: list[tuple[str, str]], data: Any) -> None:
        super().__init__(data)
        self.annees = list(annees)
        self.axes = list(Axe.objects.filter(appel=appel).order_by("numero"))
        cast(forms.ChoiceField, self.fields["depart"]).choices = [("", "rien"), *departs]
        for annee in self.annees:
            self.fields[f"reserve_{annee}"] = QuotiteField(
                label=f"Réserve {annee}", help_text="« 5 % » ou un montant."
            )
            for axe in self.axes:
                self.fields[f"axe_{axe.numero}_{annee}"] = en_case(QuotiteField(label=f"Axe {axe.numero}, {annee}"))

    def clean(self) -> dict[str, Any]:
        """Bornes et convergence se lisent par rapport à un départ."""
        lus: dict[str, Any] = super().clean() or self.cleaned_data
        if not lus.get("depart"):
            for nom in ("perte", "gain", "duree"):
                if lus.get(nom) is not None:
                    self.add_error(nom, "Choisissez d’abord par rapport à quoi.")
        return lus

    @property
    def champs_de_reserve(self) -> list[BoundField]:
        """Un par année."""
        return [self[f"reserve_{annee}"] for annee in self.annees]

    @property
    def rangees_des_axes(self) -> list[tuple[Axe, list[BoundField]]]:
        """Un axe, ses années."""
        return [(axe, [self[f"axe_{axe.numero}_{annee}"] for annee in self.annees]) for axe in self.axes]

    @property
    def borne_un_axe(self) -> bool:
        """Vrai si une case d’axe est remplie."""
        return any(self.data.get(f"axe_{axe.numero}_{annee}") for axe in self.axes for annee in self.annees)

    def choix(self) -> Choix:
        """Ce qui part au calcul ; le formulaire doit être valide."""
        lus = self.cleaned_data
        reserves = {annee: lus[f"reserve_{annee}"] for annee in self.annees}
        axes = {(axe.numero, annee): lus[f"axe_{axe.numero}_{annee}"] for axe in self.axes for annee in self.annees}
        return Choix(
            releve=lus["releve"],
            unite=lus["unite"],
            reserves={annee: quotite for annee, quotite in reserves.items() if quotite},
            axes={cle: quotite for cle, quotite in axes.items() if quotite},
            depart=lus["depart"],
            perte=lus["perte"],
            gain=lus["gain"],
            duree=lus["duree"],
        )


class ValidationForm(SaisieEntiere, forms.Form):
    """Valider ce que l’on vient de lire : le motif, et l’empreinte de la prévisualisation."""

    motif = forms.CharField(
        label="Motif",
        widget=forms.Textarea(attrs={"rows": LIGNES_DU_MOTIF}),
        max_length=2000,
        help_text="Il reste avec la version : pourquoi cette répartition, décidée par qui.",
    )
    empreinte = forms.CharField(widget=forms.HiddenInput, required=False)


class ReversementForm(SaisieEntiere, forms.Form):
    """Qui reverse combien chaque année, et entre qui cela se repartage. Envoyé par l’adresse."""

    receveurs = forms.MultipleChoiceField(
        label="Territoires qui demandent encore", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, territoires: list[Territoire], annees: list[int], data: Any) -> None:
        super().__init__(data)
        self.territoires, self.annees = territoires, annees
        choix = [(territoire.code, territoire.nom) for territoire in territoires]
        cast(forms.MultipleChoiceField, self.fields["receveurs"]).choices = choix
        for territoire in territoires:
            for annee in annees:
                champ = EurosField(label=f"{territoire.nom} reverse en {annee}", required=False)
                self.fields[f"r_{territoire.code}_{annee}"] = en_case(champ)

    def champ(self, code: str, annee: int) -> BoundField:
        """Ce que le territoire reverse cette année-là."""
        return self[f"r_{code}_{annee}"]

    def reversement(self) -> Reversement:
        """Ce qui part au calcul ; le formulaire doit être valide."""
        montants = {
            (territoire.code, annee): int((self.cleaned_data[f"r_{territoire.code}_{annee}"] or 0) * 100)
            for territoire in self.territoires
            for annee in self.annees
        }
        return Reversement(
            {cle: montant for cle, montant in montants.items() if montant},
            tuple(sorted(self.cleaned_data["receveurs"])),
        )


class ReferenceForm(SaisieEntiere, forms.Form):
    """Les crédits d’une année passée, par territoire, et au besoin ce qui allait à l’insertion professionnelle."""

    annee = forms.IntegerField(label="Année", min_value=1990, max_value=2100)
    source = forms.CharField(label="Source", max_length=300)
    est_fictif = forms.BooleanField(label="Ces valeurs sont inventées", required=False)
    lue = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, territoires: list[Territoire], reference: Reference | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.territoires = territoires
        for territoire in territoires:
            code = territoire.code
            connu = reference is not None and code in reference.montants
            tout = EurosField(
                label=f"{territoire.nom}, en tout",
                initial=en_euros(reference.montants[code]) if reference and connu else None,
            )
            pro = EurosField(
                label=f"{territoire.nom}, dont insertion professionnelle",
                required=False,
                initial=en_euros(reference.pro[code]) if reference and code in reference.pro else None,
            )
            self.fields |= {f"montant_{code}": en_case(tout), f"pro_{code}": en_case(pro)}

    def clean(self) -> dict[str, Any]:
        """La part professionnelle tient dans le tout."""
        lus: dict[str, Any] = super().clean() or self.cleaned_data
        for territoire in self.territoires:
            tout, pro = lus.get(f"montant_{territoire.code}"), lus.get(f"pro_{territoire.code}")
            if tout is not None and pro is not None and pro > tout:
                self.add_error(f"pro_{territoire.code}", "Pas plus que le montant en tout.")
        return lus

    @property
    def rangees(self) -> list[tuple[Territoire, BoundField, BoundField]]:
        """Un territoire, son montant, sa part professionnelle."""
        return [(t, self[f"montant_{t.code}"], self[f"pro_{t.code}"]) for t in self.territoires]

    def montants(self) -> dict[str, tuple[Decimal, Decimal | None]]:
        """Code → (en tout, dont professionnel), en euros ; le formulaire doit être valide."""
        lus = self.cleaned_data
        return {t.code: (lus[f"montant_{t.code}"], lus[f"pro_{t.code}"]) for t in self.territoires}
