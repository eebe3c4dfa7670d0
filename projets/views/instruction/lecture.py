"""Ce que reçoivent un onglet et un panneau de la fiche d’instruction."""

from dataclasses import dataclass, field
from functools import cached_property

from django.http import QueryDict

from comptes.models import Personne
from projets.chiffres.notation import NotationDuProjet, notation_du_projet
from projets.models import Projet
from projets.permissions import notations_sont_ouvertes


@dataclass(frozen=True)
class Lecture:
    """Qui lit quel projet, et ce que l’adresse demande de plus. Ce que deux panneaux lisent ne se lit qu’une fois."""

    personne: Personne
    projet: Projet
    parametres: QueryDict = field(default_factory=QueryDict)

    @cached_property
    def notations_ouvertes(self) -> bool:
        """Vrai si la personne lit les notations des autres."""
        return notations_sont_ouvertes(self.personne, self.projet)

    @cached_property
    def bilan(self) -> NotationDuProjet:
        """Ce que disent les notations rendues du projet ; à ne montrer que si elles sont ouvertes."""
        return notation_du_projet(self.projet.pk)
