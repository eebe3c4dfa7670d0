"""Effacer le texte des courriels qui portaient un lien secret, une fois le lien mort."""

from django.db import transaction
from django.utils import timezone

from comptes.models import Courriel


@transaction.atomic
def effacer_les_courriels_sensibles() -> int:
    """Efface texte et HTML de ceux qui ont passé `COURRIELS_SENSIBLES_JOURS` jours ; rend leur nombre.

    Le reste de la ligne demeure (à qui, quoi, quand, son sort) et `efface_le` en garde la trace : le journal, qui dit
    ce que font les personnes, n’en est pas encombré.
    """
    return Courriel.objects.a_effacer().update(texte="", html="", efface_le=timezone.now())
