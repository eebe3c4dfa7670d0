"""Les tâches périodiques : les courriels que la file a perdus, ou dont l’heure du prochain essai est venue."""

from celery import shared_task

from comptes.models import Courriel
from comptes.tasks import lancer_l_envoi

PAR_PASSAGE = 200


@shared_task(name="comptes.reprendre_les_courriels")
def reprendre_les_courriels() -> None:
    """Remet dans la file les courriels dus, les plus anciens d’abord."""
    dus = Courriel.objects.a_reprendre().order_by("prochain_essai_le").values_list("pk", flat=True)
    for pk in dus[:PAR_PASSAGE]:
        lancer_l_envoi(pk)
