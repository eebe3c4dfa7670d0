"""La tâche périodique du socle : sceller le journal des jours finis."""

from celery import shared_task
from django.utils import timezone

from config.socle.sceaux import sceller_le_journal


@shared_task(name="socle.sceller_le_journal")
def sceller() -> None:
    """Chaque heure : les jours finis se scellent dans la nuit, un passage manqué se rattrape au suivant."""
    sceller_le_journal(instant=timezone.now())
