"""Ce que partagent les étapes : un formulaire lié aux saisies, et la liste de ce qui lui manque."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from projets.forms.dossier.donnees import DonneesDuProjet
from projets.rules.fusion import Valeur, normaliser

OBLIGATOIRE = "required"


@dataclass(frozen=True, slots=True)
class Manque:
    """Ce qui empêche de déposer : l’étape, l’identifiant HTML du champ (« id_objectifs »), et quoi faire."""

    etape: str
    ancre: str
    libelle: str
    message: str


class FormulaireDeSaisies(forms.Form):
    """Un formulaire toujours lié : enregistrer n’exige rien, déposer exige qu’il soit sans erreur.

    Le nom d’un champ est la clé de sa saisie. Un champ facultatif se déclare `required=False`.
    `ancre_generale` : où mènent les erreurs qui ne sont d’aucun champ (identifiant HTML, libellé).
    """

    use_required_attribute = False
    ancre_generale = ("", "")

    def __init__(self, valeurs: Mapping[str, Valeur]) -> None:
        liste = {nom: v if isinstance(v, list) else [v] for nom, v in valeurs.items()}
        super().__init__(data=MultiValueDict(liste))
        for champ in self.fields.values():
            # Un navigateur coupe sans le dire ce qu’on colle au-delà de « maxlength » ; la longueur se vérifie ici.
            champ.widget.attrs.pop("maxlength", None)

    def saisies(self, recu: MultiValueDict[str, str]) -> dict[str, Valeur]:
        """Ce qu’un envoi contient pour les champs de l’étape ; une case décochée y est vide, un absent n’y est pas.

        `recu` : `request.POST`. Seul compte ce qui est un champ de l’étape.
        """
        presents = {nom: champ for nom, champ in self.fields.items() if self._est_envoye(nom, champ, recu)}
        return {nom: normaliser(_brute(champ, recu.getlist(nom))) for nom, champ in presents.items()}

    @staticmethod
    def _est_envoye(nom: str, champ: forms.Field, recu: MultiValueDict[str, str]) -> bool:
        """Une case ou un choix multiple vides ne sont pas envoyés : « champs » dit alors qu’ils étaient à l’écran."""
        return nom in recu or (nom in recu.getlist("champs") and not champ.disabled)

    def champs_utiles(self) -> dict[str, forms.Field]:
        """Les champs qui comptent pour ce projet tel qu’il est : ceux qu’on vérifie et qu’on dépose."""
        return dict(self.fields)

    def champs_de_la_copie(self) -> dict[str, forms.Field]:
        """Ceux que la copie écrit un à un."""
        return self.champs_utiles()

    def manques(self, etape: str) -> list[Manque]:
        """Toutes les erreurs, dans l’ordre des champs."""
        return [
            Manque(etape, _ancre(self[nom]), str(champ.label or ""), str(message))
            for nom, champ in self.fields.items()
            for message in self.errors.get(nom, [])
        ] + [Manque(etape, *self.ancre_generale, str(message)) for message in self.non_field_errors()]

    def sans_les_oublis(self) -> None:
        """N’affiche que les erreurs de ce qui est tapé : un champ pas encore rempli n’est pas une faute."""
        for nom, erreurs in list(self.errors.items()):
            if all(erreur.code == OBLIGATOIRE for erreur in erreurs.as_data()):
                del self.errors[nom]

    def oublier(self, nom: str, message: str) -> None:
        """Un champ qu’il faut remplir à cause d’un autre : se dit comme un oubli, pas comme une faute."""
        self.add_error(nom, forms.ValidationError(message, code=OBLIGATOIRE))


class EtapeForm(FormulaireDeSaisies):
    """Une étape d’un projet. `donnees` : ce qu’elle lit de lui."""

    def __init__(self, donnees: DonneesDuProjet, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(valeurs)
        self.donnees = donnees


def _ancre(champ: forms.BoundField) -> str:
    """Ce qui reçoit le foyer : le champ, ou le premier choix d’une liste de cases."""
    return champ.id_for_label or f"{champ.auto_id}_0"


def _brute(champ: forms.Field, valeurs: list[str]) -> Valeur:
    if isinstance(champ, forms.MultipleChoiceField):
        return valeurs
    valeur = valeurs[-1] if valeurs else ""
    # Un champ d’une ligne n’a pas de fin de ligne : le navigateur l’ôterait, et croirait la valeur changée.
    return valeur if isinstance(champ.widget, forms.Textarea) else " ".join(valeur.splitlines())


def lisible(champ: forms.Field, valeur: Any) -> str:
    """Une valeur tapée, telle qu’on la montre à une autre personne : les choix par leur libellé."""
    if not valeur:
        return "vide"
    choix = {str(cle): str(texte) for cle, texte in getattr(champ, "choices", ()) or ()}
    valeurs = valeur if isinstance(valeur, list) else [str(valeur)]
    return ", ".join(choix.get(v, v) for v in valeurs)
