"""Les tâches périodiques : les appels s’ouvrent et se closent à leur instant."""

from celery import shared_task
from django.utils import timezone

from projets.actions.publier_appel import suivre_l_horloge


@shared_task(name="projets.suivre_l_horloge")
def suivre_l_horloge_des_appels() -> None:
    """Toutes les minutes. L’état effectif d’un appel ne l’attend pas (`projets.rules.calendrier`)."""
    suivre_l_horloge(timezone.now())
