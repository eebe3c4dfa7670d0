"""Modèles des comptes."""

from comptes.models.avis import Avis
from comptes.models.compte_bancaire import CompteBancaire
from comptes.models.courriel import Courriel
from comptes.models.document import Document
from comptes.models.entree import DemandeEntree, Invitation
from comptes.models.organisme import Adhesion, Organisme
from comptes.models.personne import Personne

__all__ = [
    "Adhesion",
    "Avis",
    "CompteBancaire",
    "Courriel",
    "DemandeEntree",
    "Document",
    "Invitation",
    "Organisme",
    "Personne",
]
