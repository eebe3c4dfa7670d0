"""Modèles des comptes."""

from comptes.models.compte_bancaire import CompteBancaire
from comptes.models.courriel import Courriel
from comptes.models.entree import DemandeEntree, Invitation
from comptes.models.organisme import Adhesion, Organisme
from comptes.models.personne import Personne

__all__ = ["Adhesion", "CompteBancaire", "Courriel", "DemandeEntree", "Invitation", "Organisme", "Personne"]
