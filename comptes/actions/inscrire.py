"""S’inscrire soi-même : un compte de porteur, sans organisme."""

from django.db import transaction

from comptes.models import Personne
from comptes.states import Role
from config.socle.journal import journaliser


@transaction.atomic
def inscrire(*, email: str, prenom: str, nom: str, mot_de_passe: str) -> Personne:
    """Crée le compte, toujours porteur. Lève `ValidationError` (adresse déjà prise ou mal formée)."""
    personne = Personne.objects.create_user(
        email, mot_de_passe, prenom=prenom, nom=nom, role=Role.PORTEUR, doit_confirmer_son_adresse=True
    )
    journaliser(auteur=personne, acte="inscrire", objet=personne, apres={"role": str(personne.role)})
    return personne
