"""Ce qui attend dans les files, lu sans être pris : ce qui s’y trouve aura son tour, et ne s’y remet pas."""

import json
from collections import defaultdict
from typing import Any

from celery import current_app


def attendus_par_tache() -> dict[str, set[int]]:
    """Tâche → les identifiants dont un message attend ; une tâche sans argument n’en a pas."""
    attendus: dict[str, set[int]] = defaultdict(set)
    for tache, arguments in messages_en_attente():
        attendus[tache].update(arguments[:1])
    return attendus


def messages_en_attente() -> list[tuple[str, list[Any]]]:
    """(tâche, arguments) de chaque message que personne n’a encore pris, dans toutes les files.

    Lus sans être pris. Celery n’a rien pour cela : on lit la liste que chaque file est pour Redis et Valkey, et Kombu
    en décode les messages.
    """
    lus = []
    canal: Any  # Kombu ne type que ce qu’ont toutes les files ; `client` et `Message` sont ceux de Redis
    with current_app.connection_for_read() as connexion, connexion.channel() as canal:
        for file in current_app.amqp.queues:
            for brut in canal.client.lrange(file, 0, -1):
                message = canal.Message(json.loads(brut), channel=canal)
                lus.append((message.headers["task"], message.payload[0]))
    return lus
