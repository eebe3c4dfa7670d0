"""Ouvrir sa lettre : la première ouverture fait preuve de lecture."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from comptes.permissions import adhesion_de, est_porteur
from config.socle.journal import journaliser
from financements.models import LectureDeNotification, Notification


@transaction.atomic
def ouvrir_la_lettre(*, auteur: Personne, notification: Notification) -> LectureDeNotification:
    """Enregistre la première ouverture par une personne de l’organisme ; rend celle qui existe sinon.

    Lève `PermissionDenied` pour toute autre personne : un agent qui lit la lettre ne prouve rien.
    """
    projet = notification.decision.projet
    if not (est_porteur(auteur) and adhesion_de(auteur, projet.organisme)):
        raise PermissionDenied
    lecture, est_neuve = LectureDeNotification.objects.get_or_create(
        notification=notification, defaults={"personne": auteur}
    )
    if est_neuve:
        journaliser(
            auteur=auteur,
            acte="ouvrir_la_lettre",
            objet=projet,
            apres={"deliberation": notification.contenu["deliberation"]},
        )
    return lecture
