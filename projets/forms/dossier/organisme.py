"""L’étape « Votre organisme » : sa fiche, qui contacter pour ce projet, sur quel compte verser l’aide."""

from collections.abc import Mapping
from typing import Any

from django import forms

from comptes.models import Organisme
from comptes.models.organisme import valider_telephone
from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.etape import EtapeForm, Manque
from projets.rules.fusion import Valeur

A_DIRE = {
    "adresse": "adresse du siège",
    "commune_id": "commune du siège",
    "representant_nom": "représentant légal",
    "representant_qualite": "qualité du représentant légal",
}


def _saisie(but: str, **attributs: str) -> forms.TextInput:
    """Un champ dont le navigateur connaît le but (`autocomplete`), et sait proposer la valeur."""
    return forms.TextInput(attrs={"autocomplete": but, **attributs})


class OrganismeForm(EtapeForm):
    """La personne à contacter et le compte bancaire de ce projet."""

    contact_nom = forms.CharField(label="Nom et prénom", max_length=120, widget=_saisie("name"))
    contact_fonction = forms.CharField(
        label="Fonction", max_length=120, required=False, widget=_saisie("organization-title")
    )
    contact_courriel = forms.EmailField(
        label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    contact_telephone = forms.CharField(
        label="Téléphone", max_length=20, validators=[valider_telephone], widget=_saisie("tel", type="tel")
    )
    compte_bancaire = forms.ChoiceField(
        label="Compte où verser l’aide", error_messages={"required": "Choisissez un compte de l’organisme."}
    )

    def __init__(self, donnees: DonneesDuProjet, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(donnees, valeurs)
        choisi = str(valeurs.get("compte_bancaire", ""))
        compte: Any = self.fields["compte_bancaire"]
        compte.choices = [
            ("", "Choisir un compte"),
            *((str(c.pk), str(c)) for c in donnees.comptes_bancaires),
            # Un compte archivé depuis reste montré : sinon la case se viderait toute seule au prochain envoi.
            *((str(c.pk), f"{c}, archivé") for c in donnees.comptes_archives if str(c.pk) == choisi),
        ]

    def clean_compte_bancaire(self) -> str:
        """Le compte choisi sert encore."""
        choisi = str(self.cleaned_data["compte_bancaire"])
        if choisi in {str(c.pk) for c in self.donnees.comptes_archives}:
            raise forms.ValidationError("Ce compte a été archivé : choisissez-en un autre.")
        return choisi


def manques_de_la_fiche(organisme: Organisme) -> list[str]:
    """Ce que la fiche doit dire avant un dépôt, et ne dit pas encore."""
    return [libelle for champ, libelle in A_DIRE.items() if not getattr(organisme, champ)]


def controle_de_la_fiche(donnees: DonneesDuProjet) -> list[Manque]:
    """La fiche se complète à part : ce qui y manque empêche de déposer."""
    manquants = manques_de_la_fiche(donnees.projet.organisme)
    if not manquants:
        return []
    return [Manque("organisme", "fiche", "Fiche de l’organisme", f"à compléter ({', '.join(manquants)}).")]
