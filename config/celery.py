"""Les files d’attente : application Celery, et le battement qui dit que le travailleur est en vie.

Trois files : les travaux longs dans la leur, pour qu’un courriel n’attende pas derrière dix volumes ; ce que personne
n’attend dans la sienne, pour qu’une archive demandée ne vienne pas après mille lettres. Un travailleur
lancé sans choix de files (`--queues`) les écoute toutes, l’une après l’autre.

Le battement est une clé de Redis ou Valkey, posée toutes les trois secondes par la boucle principale du travailleur
et qui s’efface d’elle-même : `/sante/` la lit en une requête, sans rien demander au travailleur.
"""

import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis
from celery import Celery, bootsteps
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

# Un serveur lancé sans dire ses réglages est une production, qui refuse de démarrer mal réglée. Ce fichier est lu dès
# qu’on importe « config » : qui veut la démonstration le dit avant (manage.py, config/embarque/superviseur.py).
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

FILES = (FILE_COURANTE, FILE_DES_TRAVAUX, FILE_DE_FOND) = ("celery", "travaux", "fond")
DE_FOND = (
    "financements.produire_la_lettre",  # une par décision notifiée
    "projets.rattraper_un_recepisse",  # tous ceux qui manquent, d’un coup
)
TRAVAUX_LONGS = (
    "financements.calculer_une_selection",
    "financements.faire_un_lot_de_conventions",
    "financements.importer_programme",
    "financements.importer_un_retour",
    "financements.lire_un_retour_signe",
    "financements.notifier_les_decisions",
    "financements.produire_document_du_comite",
    "financements.produire_l_attestation",
    "financements.produire_le_pdf_du_bilan",
    "financements.produire_le_rapport_a_l_assemblee",
    "financements.produire_rapport",
    "financements.produire_tirage_de_conventions",
    "financements.produire_un_lot_de_lettres",
    "financements.produire_volume",
    "projets.produire_le_journal",
)

CLE_DU_BATTEMENT = "mille-actions:travailleur:battement"
PERIODE_DU_BATTEMENT = 3.0  # secondes
DUREE_DU_BATTEMENT = 15  # secondes : cinq battements manqués, et le travailleur est tenu pour arrêté
DELAI_DE_LA_FILE = 0.4  # secondes, pour que /sante/ réponde en moins d’une seconde

app = Celery("mille_actions")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = FILE_COURANTE
app.conf.task_queues = [Queue(nom) for nom in FILES]
app.conf.task_routes = {
    **{tache: {"queue": FILE_DES_TRAVAUX} for tache in TRAVAUX_LONGS},
    **{tache: {"queue": FILE_DE_FOND} for tache in DE_FOND},
}
app.autodiscover_tasks(related_name="tasks")
app.autodiscover_tasks(related_name="planning")


def client_de_la_file(url: str) -> redis.Redis:
    """Un client Redis pour l’adresse de la file, écrite comme Celery la veut (`redis+socket://` comprise).

    Il n’insiste pas : une file absente se sait en `DELAI_DE_LA_FILE` secondes.
    """
    adresse = urlsplit(url)
    if adresse.scheme == "redis+socket":
        base = parse_qs(adresse.query).get("virtual_host", ["0"])[0]
        url = f"unix://{adresse.path}?db={base}"
    return redis.Redis.from_url(
        url,
        socket_timeout=DELAI_DE_LA_FILE,
        socket_connect_timeout=DELAI_DE_LA_FILE,
        retry=Retry(NoBackoff(), 0),
    )


class Battement(bootsteps.StartStopStep):
    """Étape de démarrage du travailleur : bat tant que sa boucle principale tourne."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.client: redis.Redis | None = None
        self.rappel: Any = None

    def start(self, parent: Any) -> None:
        """Premier battement, puis un toutes les `PERIODE_DU_BATTEMENT` secondes."""
        self.client = client_de_la_file(parent.app.conf.broker_url)
        self.battre()
        self.rappel = parent.timer.call_repeatedly(PERIODE_DU_BATTEMENT, self.battre, priority=10)

    def stop(self, parent: Any) -> None:  # noqa: ARG002 (signature imposée par Celery)
        """Arrêt demandé : le battement est effacé, `/sante/` le dit aussitôt."""
        if self.rappel is not None:
            self.rappel.cancel()
        if self.client is not None:
            self._sans_panne(lambda client: client.delete(CLE_DU_BATTEMENT))

    def battre(self) -> None:
        """Pose la clé ; une file absente est signalée par Celery lui-même."""
        self._sans_panne(lambda client: client.set(CLE_DU_BATTEMENT, "1", ex=DUREE_DU_BATTEMENT))

    def _sans_panne(self, commande: Any) -> None:
        try:
            commande(self.client)
        except redis.RedisError:
            return


app.steps["worker"].add(Battement)
