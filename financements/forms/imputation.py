"""Régler une imputation : la ligne du budget, ses exercices, ses montants, et à quoi elle se rattache."""

from typing import Any, cast

from django import forms

from config.socle.saisie import SaisieEntiere
from financements.actions.imputation.regler import SaisieDImputation
from financements.forms.montants import EurosField
from financements.models import Imputation
from financements.states import CategorieDeBeneficiaire, Norme
from projets.forms.version import repartir_de
from projets.models import AppelAProjets

PREMIER, DERNIER = 1990, 2100  # exercices qu’une faute de frappe dépasserait
CHAMPS = ("norme", "chapitre", "fonction", "nature", "numero_ae", "libelle", "gestionnaire")


class ImputationForm(SaisieEntiere, forms.Form):
    """`version` : celle que la page montrait ; absente pour une imputation nouvelle."""

    norme = forms.ChoiceField(label="Nomenclature", choices=Norme.choices)
    chapitre = forms.CharField(label="Chapitre", max_length=5, help_text="Comme 9356, ou 017.")
    fonction = forms.CharField(label="Fonction", max_length=5, help_text="M52\u00a0: 561, 564 ; M57\u00a0: 441, 444.")
    nature = forms.CharField(
        label="Nature", max_length=8, help_text="M52\u00a0: 6574, 65734, 65737 ; M57\u00a0: 65748, 65734, 657363."
    )
    numero_ae = forms.CharField(label="N° d’autorisation d’engagement", max_length=30, required=False)
    libelle = forms.CharField(label="Libellé", max_length=200)
    gestionnaire = forms.CharField(label="Service gestionnaire", max_length=120, required=False)
    premier_exercice = forms.IntegerField(label="Premier exercice", min_value=PREMIER, max_value=DERNIER)
    dernier_exercice = forms.IntegerField(label="Dernier exercice", min_value=PREMIER, max_value=DERNIER)
    montant_autorise = EurosField(label="Engagements autorisés (€)", help_text="Tous les exercices ensemble.")
    deja_contracte = EurosField(
        label="Déjà contractés (€)", help_text="Ce qui en est engagé hors des propositions de cet appel."
    )
    rattachements = forms.MultipleChoiceField(label="Sert pour", widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, appel: AppelAProjets, imputation: Imputation | None = None, **kwargs: Any) -> None:
        self.axes = list(appel.axes.order_by("numero"))
        kwargs["initial"] = _initial(imputation) if imputation else _propose(appel)
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["rattachements"]).choices = [
            (f"{axe.numero}:{cle}", f"axe {axe.numero}, {nom}")
            for axe in self.axes
            for cle, nom in CategorieDeBeneficiaire.choices
        ]

    @property
    def categories(self) -> list[str]:
        """Les en-têtes de la grille."""
        return [str(nom) for nom in CategorieDeBeneficiaire.labels]

    @property
    def grille(self) -> list[tuple[Any, list[tuple[str, str, bool]]]]:
        """Un axe, et pour chaque catégorie : valeur de la case, son nom, cochée ou non."""
        coches = set(map(str, self["rattachements"].value() or []))
        return [
            (
                axe,
                [
                    (f"{axe.numero}:{cle}", f"Axe {axe.numero}, {nom}", f"{axe.numero}:{cle}" in coches)
                    for cle, nom in CategorieDeBeneficiaire.choices
                ],
            )
            for axe in self.axes
        ]

    def signaler_le_conflit(self, actuelle: Imputation) -> None:
        """Dit ce qui est enregistré ; la saisie reste."""
        repartir_de(
            self,
            actuelle,
            f"Quelqu’un vient de modifier cette imputation\u00a0: {actuelle}, {actuelle.libelle}. Relisez votre "
            "saisie, puis envoyez de nouveau.",
        )

    def saisie(self) -> SaisieDImputation:
        """Ce qui part à l’acte ; le formulaire doit être valide."""
        lus = {nom: valeur for nom, valeur in self.cleaned_data.items() if nom not in {"version", "rattachements"}}
        couples = (valeur.split(":") for valeur in self.cleaned_data["rattachements"])
        return SaisieDImputation(**lus, rattachements={(int(numero), cle) for numero, cle in couples})


def _propose(appel: AppelAProjets) -> dict[str, Any]:
    """Une imputation nouvelle couvre l’appel, et l’année où le dernier solde se paie."""
    return {"premier_exercice": appel.annee_debut, "dernier_exercice": appel.annee_fin + 1}


def _initial(imputation: Imputation) -> dict[str, Any]:
    simples = (*CHAMPS, "premier_exercice", "dernier_exercice", "montant_autorise", "deja_contracte", "version")
    liens = imputation.rattachements.values_list("axe__numero", "categorie")
    return {nom: getattr(imputation, nom) for nom in simples} | {
        "rattachements": [f"{numero}:{cle}" for numero, cle in liens]
    }
