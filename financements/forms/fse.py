"""Une opération du FSE, une aide de minimis, un plafond."""

from typing import Any, ClassVar

from django import forms

from config.socle.saisie import SaisieEntiere
from financements.forms.montants import EurosField
from financements.models import AideDeMinimis, OperationFse, SeuilDeMinimis
from projets.forms.fields import DecimalFrField, JourField


class OperationForm(SaisieEntiere, forms.Form):
    """Une opération du FSE que notre aide cofinance."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    numero = forms.CharField(label="Numéro d’opération (Ma démarche FSE)", max_length=40)
    cout_eligible = EurosField(label="Coût total éligible (€)", required=True)
    taux = DecimalFrField(
        label="Taux de cofinancement du FSE (%)", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    debut_le = JourField(label="Début de réalisation")
    fin_le = JourField(label="Fin de réalisation")
    montant_mobilise = EurosField(label="Part de l’aide départementale mobilisée (€)", required=True)

    def __init__(self, operation: OperationFse | None, data: Any = None) -> None:
        champs = ("version", "numero", "cout_eligible", "taux", "debut_le", "fin_le", "montant_mobilise")
        lues = {champ: getattr(operation, champ) for champ in champs} if operation else {"version": 1}
        super().__init__(data, initial=lues)


class AideDeMinimisForm(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Une aide à noter au registre."""

    use_required_attribute = False
    siren = forms.CharField(label="SIREN", widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    accordee_le = JourField(label="Accordée le")
    montant = EurosField(label="Montant, en équivalent-subvention brut (€)", required=True)

    class Meta:
        model = AideDeMinimis
        fields = ("siren", "regime", "origine", "autorite", "reference", "accordee_le", "montant")
        help_texts: ClassVar = {
            "reference": "Numéro de la convention, ou référence de la délibération : les données ouvertes s’y fient "
            "pour dire qu’une de nos aides est de minimis."
        }

    def clean_siren(self) -> str:
        """Neuf chiffres, espaces ôtées."""
        return "".join(str(self.cleaned_data["siren"]).split())


class PlafondForm(SaisieEntiere, forms.ModelForm):  # type: ignore[type-arg]
    """Un plafond à ajouter."""

    use_required_attribute = False
    plafond = EurosField(label="Plafond par entreprise (€)", required=True)
    du = JourField(
        label="Date d’effet",
        help_text="Le plafond d’avant vaut jusqu’à la veille ; les aides passées gardent le leur.",
    )
    source = forms.CharField(
        label="Texte de référence", max_length=200, help_text="Par exemple : Règlement (UE) 2023/2831, article 3."
    )
    est_relu = forms.BooleanField(
        label="J’ai relu : un plafond ajouté ne se modifie ni ne s’efface",
        error_messages={"required": "Relisez, puis cochez cette case."},
    )

    class Meta:
        model = SeuilDeMinimis
        fields = ("regime", "plafond", "est_glissant", "du", "source")
        labels: ClassVar = {"est_glissant": "Sur trois années glissantes (sinon, trois exercices)"}

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"est_glissant": True})
