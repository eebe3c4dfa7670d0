"""Les pages sœurs de l’instruction : la file, le suivi, les affectations, les notations."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from comptes.models import Personne
from comptes.permissions import Predicat
from projets.permissions import peut_regler_les_appels, peut_suivre_l_instruction


@dataclass(frozen=True, slots=True)
class Onglet:
    """Une page sœur ; `cle` dit laquelle est montrée. Sans adresse connue, elle est tue."""

    cle: str
    libelle: str
    nom_url: str
    predicat: Predicat

    @property
    def adresse(self) -> str:
        """Vide si la page n’existe pas."""
        try:
            return reverse(self.nom_url)
        except NoReverseMatch:
            return ""


ONGLETS = (
    Onglet("file", "File", "projets:instruction", peut_suivre_l_instruction),
    Onglet("suivi", "Suivi", "projets:suivi_de_l_instruction", peut_suivre_l_instruction),
    Onglet("affectations", "Affectations", "projets:affectations", peut_regler_les_appels),
    Onglet("notations", "Notations", "projets:notations", peut_regler_les_appels),
)


def onglets(personne: Personne, cle: str) -> dict[str, Any]:
    """Ce que lit `projets/instruction/_onglets.html` : les pages où cette personne entre, et celle qui est montrée."""
    pages = [onglet for onglet in ONGLETS if onglet.predicat(personne) and onglet.adresse]
    return {"onglets": pages, "onglet": cle}
