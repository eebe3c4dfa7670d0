"""Qui entre où, du côté des projets."""

from comptes.models import Personne
from comptes.states import Role


def est_porteur(personne: Personne) -> bool:
    """« Mes projets » est la porte des porteurs."""
    return personne.role == Role.PORTEUR


def peut_suivre_l_instruction(personne: Personne) -> bool:
    """La file d’instruction est celle des instructeurs et des pilotes."""
    return personne.role in {Role.INSTRUCTEUR, Role.PILOTE}
