"""Les tâches périodiques : remettre en route les travaux dont le processus est mort ou dont le message s’est perdu."""

import shutil
import time
from pathlib import Path

from celery import current_app, shared_task

from config.socle.execution import reprendre_les_muets
from financements.models import ImportProgramme, Rapport
from financements.tasks import lancer_import, lancer_rapport
from financements.tasks.rapport import atelier

OUBLI = 24 * 3600  # secondes : un fichier en cours d’écriture plus vieux est le reste d’un processus mort


@shared_task(name="financements.reprendre_les_travaux")
def reprendre_les_travaux() -> None:
    """Reprend les travaux muets, si la file est vide.

    Tant qu’il y reste des messages, un travail silencieux attend peut-être simplement son tour : le relancer le ferait
    passer, essai après essai, pour un travail impossible.
    """
    if messages_en_attente():
        return
    reprendre_les_muets(Rapport, lancer_rapport)
    reprendre_les_muets(ImportProgramme, lancer_import)
    balayer_l_atelier(atelier())


def messages_en_attente() -> int:
    """Nombre de messages que personne n’a encore pris."""
    with current_app.connection_for_read() as connexion, connexion.channel() as canal:
        declaree = canal.queue_declare(current_app.conf.task_default_queue)  # type: ignore[attr-defined]
        return int(declaree.message_count)


def balayer_l_atelier(dossier: Path) -> list[str]:
    """Supprime les restes d’écritures interrompues ; rend leurs noms."""
    limite = time.time() - OUBLI
    restes = [reste for reste in dossier.iterdir() if reste.stat().st_mtime < limite]
    for reste in restes:
        shutil.rmtree(reste, ignore_errors=True)
    return [reste.name for reste in restes]
