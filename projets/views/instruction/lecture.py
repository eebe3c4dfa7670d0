"""Ce que reçoit un onglet de la fiche d’instruction."""

from dataclasses import dataclass

from django.http import QueryDict

from comptes.models import Personne
from projets.models import Projet


@dataclass(frozen=True, slots=True)
class Lecture:
    """Qui lit quel projet, et ce que l’adresse demande de plus."""

    personne: Personne
    projet: Projet
    parametres: QueryDict
