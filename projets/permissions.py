"""Qui entre où, du côté des projets."""

from datetime import datetime

from comptes.models import Organisme, Personne
from comptes.states import Role
from projets.models import AppelAProjets, Prolongation
from projets.rules import calendrier


def est_porteur(personne: Personne) -> bool:
    """« Mes projets » est la porte des porteurs."""
    return personne.role == Role.PORTEUR


def peut_suivre_l_instruction(personne: Personne) -> bool:
    """La file d’instruction est celle des instructeurs et des pilotes."""
    return personne.role in {Role.INSTRUCTEUR, Role.PILOTE}


def peut_lire_les_reglages(personne: Personne) -> bool:
    """Les réglages d’un appel : le pilote les fait, l’administrateur les lit."""
    return personne.role in {Role.PILOTE, Role.ADMINISTRATEUR}


def peut_regler_les_appels(personne: Personne) -> bool:
    """Créer, copier, régler, publier, prolonger : le pilote."""
    return personne.role == Role.PILOTE


def depot_est_possible(appel: AppelAProjets, organisme: Organisme, instant: datetime) -> bool:
    """Vrai si cet organisme peut déposer sur cet appel à cet instant (celui du serveur), prolongation comprise.

    L’acte de dépôt l’appelle sur un appel verrouillé : ce qui est vrai ici le reste jusqu’à la fin de sa transaction.
    """
    prolonge = Prolongation.objects.fin_pour(appel, organisme)
    return calendrier.depot_est_possible(appel.calendrier, instant, prolonge)
