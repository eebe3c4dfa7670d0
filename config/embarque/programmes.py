"""Les programmes que le superviseur tient en vie : web, travailleur, planificateur."""

import collections
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import RACINE
from config.embarque.processus import attendre, fin_du_journal, mourir_avec_le_parent, ouvrir_journal

MORTS_TOLEREES = 5
FENETRE_DES_MORTS = 60.0  # secondes
DELAI_POLI = 6.0  # secondes laissées à un programme pour finir, puis à un travailleur pour rendre sa tâche
DELAI_BRUTAL = 3.0


@dataclass
class Programme:
    """Un programme de l’application, dans sa propre session, avec son journal."""

    nom: str
    arguments: Sequence[str]
    journal: Path
    environ: Mapping[str, str]
    processus: "subprocess.Popen[bytes] | None" = None
    morts: "collections.deque[float]" = field(default_factory=collections.deque)

    def lancer(self) -> None:
        """Démarre le programme ; le noyau l’arrête si nous sommes tués."""
        with ouvrir_journal(self.journal) as sortie:
            self.processus = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=RACINE,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=mourir_avec_le_parent(signal.SIGTERM),  # noqa: PLW1509 (le superviseur n’a qu’un fil)
            )

    def est_en_vie(self) -> bool:
        """Vrai si le programme tourne."""
        return self.processus is not None and self.processus.poll() is None

    def relancer(self) -> str:
        """Relance un programme mort et rend la phrase à dire. Lève `ErreurEmbarque` s’il meurt sans cesse."""
        code = self.processus.returncode if self.processus else None
        self.achever()
        maintenant = time.monotonic()
        self.morts.append(maintenant)
        while self.morts[0] < maintenant - FENETRE_DES_MORTS:
            self.morts.popleft()
        if len(self.morts) > MORTS_TOLEREES:
            raise ErreurEmbarque(
                f"Le processus « {self.nom} » s’est arrêté {len(self.morts)} fois en une minute : j’abandonne.\n"
                f"Fin de « {self.journal} » :\n{fin_du_journal(self.journal)}"
            )
        self.lancer()
        cause = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
        return f"Le processus « {self.nom} » s’est arrêté ({cause}) ; il est relancé. Journal : {self.journal}"

    def prevenir(self, numero: int = signal.SIGTERM) -> None:
        """Demande l’arrêt, sans attendre."""
        if self.processus is not None and self.est_en_vie():
            self.processus.send_signal(numero)

    def achever(self) -> None:
        """Tue ce qui reste du programme et de ses enfants."""
        if self.processus is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait()


def arreter_ensemble(programmes: Sequence[Programme]) -> None:
    """Arrête tous les programmes : poliment, puis en rendant la tâche en cours à la file, puis brutalement."""
    for programme in programmes:
        programme.prevenir()
    if not attendre(lambda: not any(p.est_en_vie() for p in programmes), DELAI_POLI):
        for programme in programmes:
            programme.prevenir(signal.SIGQUIT)  # Celery : arrêt à froid, la tâche en cours retourne dans la file
        attendre(lambda: not any(p.est_en_vie() for p in programmes), DELAI_BRUTAL)
    for programme in programmes:
        programme.achever()


def de_l_application(journaux: Path, environ: Mapping[str, str]) -> list[Programme]:
    """Le serveur web, le travailleur et le planificateur."""
    celery = ["-m", "celery", "-A", "config"]
    calendrier = str(journaux.parent / "calendrier")
    lignes = {
        "web": ["-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
        "worker": [*celery, "worker", "--loglevel=INFO", f"--concurrency={min(2, os.cpu_count() or 1)}"],
        "beat": [*celery, "beat", "--loglevel=INFO", "--schedule", calendrier, "--pidfile="],
    }
    return [Programme(nom, ligne, journaux / f"{nom}.log", environ) for nom, ligne in lignes.items()]
