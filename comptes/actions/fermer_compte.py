"""Fermer un compte, et le rouvrir. Un compte ne s’efface pas : ses actes restent signés."""

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser


def fermer_compte(*, auteur: Personne | None, pk: int) -> Personne:
    """La personne ne peut plus entrer, ses sessions ouvertes s’arrêtent aussitôt.

    Lève `ValidationError` si elle se ferme elle-même la porte.
    """
    if auteur is not None and auteur.pk == pk:
        raise ValidationError("Vous ne pouvez pas fermer votre propre compte.")
    return _ouvrir(auteur=auteur, pk=pk, acte="fermer_compte", est_ouvert=False)


def rouvrir_compte(*, auteur: Personne | None, pk: int) -> Personne:
    """La personne peut entrer de nouveau, avec le même mot de passe."""
    return _ouvrir(auteur=auteur, pk=pk, acte="rouvrir_compte", est_ouvert=True)


@transaction.atomic
def _ouvrir(*, auteur: Personne | None, pk: int, acte: str, est_ouvert: bool) -> Personne:
    personne = Personne.objects.select_for_update(of=("self",)).get(pk=pk)
    if personne.is_active != est_ouvert:
        avant = {"compte_ouvert": personne.is_active}
        personne.is_active = est_ouvert
        personne.save(update_fields=["is_active"])
        journaliser(auteur=auteur, acte=acte, objet=personne, avant=avant, apres={"compte_ouvert": est_ouvert})
    return personne
