"""Partager les serveurs embarqués : chaque usager tient un verrou, le dernier qui s’en va les arrête.

Deux verrous `flock`, que le noyau libère de lui-même quand un processus meurt, même tué :

- `demarrage` (exclusif) : un seul processus à la fois démarre, répare ou arrête ;
- `usage` (partagé) : tenu tant qu’on se sert des serveurs. Celui qui s’en va essaie de le prendre en exclusif :
  s’il y parvient, il était le dernier.
"""

import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Protocol

from config.embarque.lieux import Lieux, diriger, est_exterieure
from config.embarque.postgresql import REGLAGES, PostgreSQL
from config.embarque.valkey import Valkey


class Serveur(Protocol):
    """Ce que `Usage` attend d’un serveur."""

    nom: str
    journal: Path

    def repond(self) -> bool: ...
    def assurer(self) -> None: ...
    def arreter(self) -> None: ...


class Verrou:
    """Un fichier de verrou `flock`. Le descripteur n’est pas hérité par les programmes lancés."""

    def __init__(self, fichier: Path) -> None:
        self.fichier = fichier
        self.descripteur: int | None = None

    def prendre(self, operation: int) -> bool:
        """Prend ou convertit le verrou ; faux si `LOCK_NB` est demandé et qu’un autre le tient."""
        if self.descripteur is None:
            self.descripteur = os.open(self.fichier, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.descripteur, operation)
        except BlockingIOError:
            return False
        return True

    def rendre(self) -> None:
        """Libère le verrou."""
        if self.descripteur is not None:
            os.close(self.descripteur)
            self.descripteur = None


@contextlib.contextmanager
def exclusif(fichier: Path) -> Iterator[None]:
    """Tient `fichier` en exclusif le temps du bloc, en attendant s’il le faut."""
    verrou = Verrou(fichier)
    verrou.prendre(fcntl.LOCK_EX)
    try:
        yield
    finally:
        verrou.rendre()


class Usage:
    """L’usage que ce processus fait des serveurs d’un dossier d’état."""

    def __init__(self, ici: Lieux, serveurs: list[Serveur]) -> None:
        self.ici = ici
        self.serveurs = serveurs
        self.verrou = Verrou(ici.verrous / "usage")

    def ouvrir(self) -> None:
        """Prend sa place d’usager et démarre ce qui manque. Lève `ErreurEmbarque`."""
        self.ici.creer()
        with exclusif(self.ici.verrous / "demarrage"):
            self.verrou.prendre(fcntl.LOCK_SH)
            try:
                for serveur in self.serveurs:
                    serveur.assurer()
            except BaseException:
                self._partir()
                raise

    def reparer(self) -> list[str]:
        """Redémarre les serveurs qui ne répondent plus ; rend leurs noms."""
        muets = [serveur for serveur in self.serveurs if not serveur.repond()]
        if muets:
            with exclusif(self.ici.verrous / "demarrage"):
                for serveur in muets:
                    serveur.assurer()
        return [serveur.nom for serveur in muets]

    def fermer(self) -> None:
        """Rend sa place ; arrête les serveurs si personne d’autre ne s’en sert."""
        if self.verrou.descripteur is None:
            return
        with exclusif(self.ici.verrous / "demarrage"):
            self._partir()

    def _partir(self) -> None:
        try:
            if self.verrou.prendre(fcntl.LOCK_EX | fcntl.LOCK_NB):
                for serveur in reversed(tous_les_serveurs(self.ici, self.serveurs)):
                    serveur.arreter()
        finally:
            self.verrou.rendre()


def tous_les_serveurs(ici: Lieux, connus: list[Serveur]) -> list[Serveur]:
    """Les serveurs à arrêter par le dernier usager : les siens, et ceux qu’un autre aurait démarrés."""
    presents = {serveur.nom for serveur in connus}
    autres: list[Serveur] = [s for s in (PostgreSQL(ici), Valkey(ici)) if s.nom not in presents]
    return [*connus, *autres]


def serveurs_voulus(environ: Mapping[str, str], ici: Lieux, reglages: Mapping[str, str] = REGLAGES) -> list[Serveur]:
    """Les serveurs à démarrer : aucun de ceux que DATABASE_URL ou REDIS_URL mènent ailleurs."""
    voulus: list[Serveur] = []
    if not est_exterieure(environ, "DATABASE_URL", ici):
        voulus.append(PostgreSQL(ici, reglages))
    if not est_exterieure(environ, "REDIS_URL", ici):
        voulus.append(Valkey(ici))
    return voulus


@contextlib.contextmanager
def serveurs_embarques(ici: Lieux) -> Iterator[None]:
    """Serveurs prêts et variables d’environnement posées le temps du bloc (une commande de `manage.py`)."""
    usage = Usage(ici, serveurs_voulus(os.environ, ici))
    if not usage.serveurs:
        yield
        return
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _quitter)  # sans quoi un SIGTERM laisserait les serveurs sans usager
    try:
        usage.ouvrir()
        os.environ.update(diriger(os.environ, ici))
        yield
    finally:
        usage.fermer()


def _quitter(numero: int, _cadre: FrameType | None) -> None:
    sys.exit(128 + numero)
