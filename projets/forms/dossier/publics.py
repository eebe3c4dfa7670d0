"""L’étape « Publics et territoires » : qui l’on accompagne, combien, et où.

Clés de saisie : le nom du champ ; `allocataires_<année>` ; `part_<code du territoire>` (%).
"""

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django import forms

from config.socle.montants import format_nombre
from config.socle.recherche import cle_de_tri
from projets.forms.dossier.champs import texte_long
from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.etape import OBLIGATOIRE, EtapeForm
from projets.forms.fields import DecimalFrField
from projets.rules.fusion import Valeur

CENT = Decimal(100)
ALLOCATAIRES_AU_PLUS = 1_000_000
INCONNUES_DITES = 5  # lignes de communes inconnues que l’on détaille
RESSEMBLANCE = 0.75  # de 0 à 1 : « Dunkerk » ressemble à Dunkerque, « Paris » ne ressemble pas à Maurois
LONGUEUR_D_UN_NOM = 60  # caractères : au-delà, ce n’est pas un nom de commune, on n’en cherche pas de proche


class PublicsForm(EtapeForm):
    """Les parts des territoires font 100 % ; une case vide vaut zéro."""

    ancre_generale = ("territoires", "Territoires")

    public_vise = texte_long("Public visé", "Qui sont les allocataires que l’action accompagne ?")
    orientation = texte_long(
        "Orientation vers l’action",
        "Qui oriente les personnes, et comment : référent, prescripteur, accueil direct.",
        lignes=3,
    )
    communes = forms.CharField(
        label="Communes",
        required=False,
        help_text="Une par ligne, si l’action ne couvre pas tout le territoire.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, donnees: DonneesDuProjet, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(donnees, valeurs)
        for annee in donnees.annees:
            self.fields[f"allocataires_{annee}"] = DecimalFrField(
                label=f"Allocataires accompagnés en {annee}",
                min_value=0,
                max_value=ALLOCATAIRES_AU_PLUS,
                decimal_places=0,
            )
        for territoire in donnees.territoires:
            self.fields[f"part_{territoire.code}"] = DecimalFrField(
                label=territoire.nom, required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2
            )

    def clean_communes(self) -> str:
        """Les noms des communes connues, une par ligne ; sinon l’erreur dit la ligne et le nom le plus proche."""
        lignes = [ligne.strip() for ligne in self.cleaned_data["communes"].splitlines()]
        if not any(lignes):
            return ""
        connues = self.donnees.communes
        inconnues = [
            (rang, ligne) for rang, ligne in enumerate(lignes, 1) if ligne and cle_de_tri(ligne) not in connues
        ]
        if inconnues:
            raise forms.ValidationError(_dire_les_inconnues(inconnues, connues))
        return "\n".join(connues[cle_de_tri(ligne)] for ligne in lignes if ligne)

    def clean(self) -> dict[str, Any]:
        """Au moins un allocataire sur la durée ; les parts font 100 %."""
        annees = [f"allocataires_{annee}" for annee in self.donnees.annees]
        if all(self.cleaned_data.get(nom) == 0 for nom in annees):
            self.add_error(annees[0], "L’action accompagne au moins un allocataire sur sa durée.")
        if not any(nom in self.errors for nom in self.noms_des_parts()):
            self._verifier_la_somme()
        return self.cleaned_data

    def _verifier_la_somme(self) -> None:
        parts = [self.cleaned_data.get(nom) for nom in self.noms_des_parts()]
        total = sum((part for part in parts if part is not None), Decimal(0))
        if not total:
            raise forms.ValidationError("Dites la part de chaque territoire, 100\u00a0% en tout.", code=OBLIGATOIRE)
        if total != CENT:
            sens = "manque" if total < CENT else "y a en trop"
            raise forms.ValidationError(
                f"Les parts font {_pourcent(total)} : il {sens} {_pourcent(abs(CENT - total))}.", code="somme"
            )

    def noms_des_parts(self) -> list[str]:
        """`part_<code>`, dans l’ordre des territoires."""
        return [f"part_{territoire.code}" for territoire in self.donnees.territoires]

    def lignes_des_parts(self) -> list[forms.BoundField]:
        """Une case par territoire."""
        return [self[nom] for nom in self.noms_des_parts()]

    def lignes_des_annees(self) -> list[tuple[int, forms.BoundField]]:
        """Une case par année de l’appel."""
        return [(annee, self[f"allocataires_{annee}"]) for annee in self.donnees.annees]

    def parts(self) -> dict[str, int]:
        """% de chaque territoire qui en a, en centièmes, par code. À ne lire que d’un formulaire sans manque."""
        lues = {t.code: self.cleaned_data[f"part_{t.code}"] for t in self.donnees.territoires}
        return {code: int(part * CENT) for code, part in lues.items() if part}

    def allocataires_par_an(self) -> int:
        """La moyenne des années, arrondie au-dessus. À ne lire que d’un formulaire sans manque."""
        nombres = [self.cleaned_data[f"allocataires_{annee}"] for annee in self.donnees.annees]
        return -(-int(sum(nombres)) // len(nombres))


def _dire_les_inconnues(inconnues: list[tuple[int, str]], connues: Mapping[str, str]) -> list[str]:
    """Les premières, avec le nom le plus proche : le chercher est long, et une page d’erreurs ne se lit pas."""
    dites = [
        f"Ligne {rang} : « {ligne} » n’est pas une commune connue.{_proche(ligne, connues)}"
        for rang, ligne in inconnues[:INCONNUES_DITES]
    ]
    reste = len(inconnues) - len(dites)
    return [*dites, f"{reste} autres lignes ne sont pas des communes connues."] if reste else dites


def _proche(ligne: str, connues: Mapping[str, str]) -> str:
    trouves = (
        get_close_matches(cle_de_tri(ligne), connues, n=1, cutoff=RESSEMBLANCE)
        if len(ligne) < LONGUEUR_D_UN_NOM
        else []
    )
    return f" Vouliez-vous dire « {connues[trouves[0]]} » ?" if trouves else ""


def _pourcent(nombre: Decimal) -> str:
    est_entier = nombre == nombre.to_integral_value()
    return f"{format_nombre(nombre, 0 if est_entier else 2)}\u00a0%"
