"""Les tâches périodiques.

Reprendre les courriels que la file a perdus, ou dont l’heure du prochain essai est venue ; effacer le texte de ceux
qui portaient un lien secret.
"""

from celery import shared_task

from comptes.actions.effacer_courriels import effacer_les_courriels_sensibles
from comptes.models import Courriel
from comptes.tasks import lancer_l_envoi

PAR_PASSAGE = 200


@shared_task(name="comptes.reprendre_les_courriels")
def reprendre_les_courriels() -> None:
    """Remet dans la file les courriels dus, les plus anciens d’abord."""
    dus = Courriel.objects.a_reprendre().order_by("prochain_essai_le").values_list("pk", flat=True)
    for pk in dus[:PAR_PASSAGE]:
        lancer_l_envoi(pk)


@shared_task(name="comptes.effacer_les_courriels_sensibles")
def effacer() -> None:
    """Chaque heure."""
    effacer_les_courriels_sensibles()
