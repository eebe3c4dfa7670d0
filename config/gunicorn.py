"""Réglages de gunicorn, pour la démonstration et pour la production. L’adresse se fixe par PORT et ADRESSE."""

import os
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from config.socle.jetons import masquer


class JournalDesAcces(Logger):  # type: ignore[misc]
    """Le journal des accès, sans les jetons des adresses secrètes."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Les morceaux d’une ligne."""
        lus: dict[str, Any] = super().atoms(*args, **kwargs)
        return {nom: masquer(lu) if isinstance(lu, str) else lu for nom, lu in lus.items()}


logger_class = JournalDesAcces
bind = f"{os.environ.get('ADRESSE', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("PROCESSUS_WEB", "2"))
worker_class = "gthread"
threads = 4
timeout = 60  # secondes ; le travail long passe par la file
graceful_timeout = 10
max_requests = 2000
max_requests_jitter = 200
accesslog = os.environ.get("JOURNAL_DES_ACCES") or None
control_socket_disable = True  # pas de socket d’administration dans le dossier personnel
