"""Le prestataire dit qu’une demande a changé : un signal, dont on ne croit rien ; l’état se relève chez lui."""

from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.socle.transitions import PassageRefuse
from financements.models import DemandeDeSignature, NotificationDuPrestataire
from financements.registre.cachet import ECART_ADMIS
from financements.states.execution import EtatSignature
from financements.tasks.signature import lancer_le_suivi

GARDE = timedelta(seconds=4 * ECART_ADMIS)  # au-delà, l’horodatage suffit à refuser un rejeu


@transaction.atomic
def recevoir_une_notification(*, message: str, identifiant: str) -> None:
    """Relève bientôt la demande d’identifiant `identifiant`, si on la connaît et l’attend.

    `message` : l’identifiant du message, au cachet déjà vérifié. Lève `PassageRefuse` s’il est déjà venu.
    """
    try:
        with transaction.atomic():
            NotificationDuPrestataire.objects.create(identifiant=message)
    except IntegrityError as rejeu:
        raise PassageRefuse("Ce message est déjà venu.") from rejeu
    attendue = DemandeDeSignature.objects.filter(identifiant=identifiant, etat=EtatSignature.EN_ATTENTE).first()
    if attendue is not None:
        DemandeDeSignature.objects.filter(pk=attendue.pk).update(prochain_essai_le=timezone.now())
        transaction.on_commit(partial(lancer_le_suivi, attendue.pk))


def oublier_les_notifications() -> int:
    """Efface celles que leur horodatage suffirait à refuser ; rend leur nombre."""
    anciennes = NotificationDuPrestataire.objects.filter(recue_le__lt=timezone.now() - GARDE)
    return anciennes.delete()[0]
