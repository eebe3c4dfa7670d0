"""Suivre la mise en page : WeasyPrint dit dans un journal chaque page qu’il compose."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_JOURNAL = logging.getLogger("weasyprint.progress")
_JOURNAL.propagate = False  # ces messages ne sont pas des événements à consigner
_PAGE = "Step 5 - Creating layout - Page %d"
_REPRISE = "Step 5 - Creating layout - Repagination #%d"
_ECRITURE = "Step 6 - Creating PDF"

Rappel = Callable[[str, int], None]
"""Reçoit (« page », numéro), (« reprise », tour) ou (« ecriture », 0). Peut lever pour tout arrêter."""


class _Ecoute(logging.Handler):
    """Transmet les étapes du fil d’exécution qui l’a posée, et laisse remonter ce que le rappel lève."""

    def __init__(self, rappel: Rappel) -> None:
        super().__init__(logging.INFO)
        self._rappel, self._fil = rappel, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Reconnaît le message par son modèle, pas par son texte."""
        if record.thread != self._fil:
            return
        if record.msg == _PAGE:
            self._rappel("page", _nombre(record))
        elif record.msg == _REPRISE:
            self._rappel("reprise", _nombre(record))
        elif record.msg == _ECRITURE:
            self._rappel("ecriture", 0)


def _nombre(record: logging.LogRecord) -> int:
    return record.args[0] if isinstance(record.args, tuple) and isinstance(record.args[0], int) else 0


@contextmanager
def ecouter(rappel: Rappel) -> Iterator[None]:
    """Le temps du bloc, `rappel` reçoit les étapes de la mise en page faite par ce fil d’exécution."""
    ecoute = _Ecoute(rappel)
    _JOURNAL.setLevel(logging.INFO)  # à chaque fois : une configuration des journaux faite entre-temps l’oublie
    _JOURNAL.addHandler(ecoute)
    try:
        yield
    finally:
        _JOURNAL.removeHandler(ecoute)
