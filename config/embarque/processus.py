"""Lancer, reconnaître et arrêter des processus du système."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, TypedDict

from config.embarque.lieux import Lieux

TAILLE_MAXIMALE_DU_JOURNAL = 5 * 1024 * 1024  # octets ; au-delà, le journal précédent est gardé sous « .1 »
PR_SET_PDEATHSIG = 1


def mourir_avec_le_parent(signal_envoye: int) -> Callable[[], None] | None:
    """Fonction à passer en `preexec_fn` : le noyau envoie `signal_envoye` à l’enfant si son parent meurt (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def demander() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_envoye, 0, 0, 0)

    return demander


class Compte(TypedDict, total=False):
    """Arguments de `subprocess` qui changent de compte."""

    user: int
    group: int
    extra_groups: list[int]


def compte(ici: Lieux) -> Compte:
    """Le compte sous lequel un serveur tourne : le nôtre, ou `nobody` quand on est root."""
    if os.geteuid() != 0:
        return {}
    return {"user": ici.uid, "group": ici.gid, "extra_groups": []}


def executer(ici: Lieux, arguments: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Exécute un outil de PostgreSQL sous le compte des serveurs ; il meurt avec nous."""
    return subprocess.run(
        [str(a) for a in arguments],
        cwd="/",
        env=environnement_des_serveurs(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=mourir_avec_le_parent(signal.SIGTERM),
        **compte(ici),
    )


class Serviteur(subprocess.Popen[bytes]):
    """Un serveur qui peut nous survivre, si une autre commande s’en sert encore : ce n’est pas un oubli à signaler."""

    def __del__(self, *_arguments: object) -> None:
        """Ne prévient pas (ResourceWarning) qu’il tourne toujours, à l’inverse de `Popen`."""


def lancer_serveur(ici: Lieux, arguments: Sequence[str | Path], journal: Path) -> Serviteur:
    """Lance un serveur dans sa propre session : il survit à la commande qui l’a démarré, Ctrl-C ne l’atteint pas."""
    with ouvrir_journal(journal) as sortie:
        return Serviteur(
            [str(a) for a in arguments],
            cwd="/",
            env=environnement_des_serveurs(),
            stdin=subprocess.DEVNULL,
            stdout=sortie,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **compte(ici),
        )


def environnement_des_serveurs() -> dict[str, str]:
    """Un environnement neutre : aucun PGDATA, PGPORT ni LC_* de passage."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def ouvrir_journal(journal: Path) -> BinaryIO:
    """Ouvre un journal en ajout, en mettant de côté un fichier devenu trop gros."""
    if journal.exists() and journal.stat().st_size > TAILLE_MAXIMALE_DU_JOURNAL:
        journal.replace(journal.with_suffix(".log.1"))
    return journal.open("ab")


def fin_du_journal(journal: Path, lignes: int = 12) -> str:
    """Les dernières lignes d’un journal, pour un message d’erreur."""
    if not journal.exists():
        return ""
    return "\n".join(journal.read_text(errors="replace").splitlines()[-lignes:])


def est_vivant(pid: int) -> bool:
    """Vrai si le processus existe et n’est pas un zombie (mort, mais pas encore enterré par son parent)."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        etat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not Path("/proc/self/stat").exists()  # sans /proc, on s’en tient au signal 0
    return etat != "Z"


def est_le_programme(pid: int, nom: str) -> bool:
    """Vrai si le processus vivant `pid` exécute un programme nommé `nom` : un numéro peut avoir été réattribué."""
    if not est_vivant(pid):
        return False
    try:
        return nom in Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return True  # sans /proc, on suppose le pire : qu’il est toujours là


def lire_pid(fichier: Path) -> int:
    """Le numéro écrit en première ligne de `fichier`, 0 s’il n’y en a pas."""
    try:
        return int(fichier.read_text().split("\n", 1)[0].strip() or 0)
    except (OSError, ValueError):
        return 0


def attendre(condition: Callable[[], bool], delai: float, pas: float = 0.05) -> bool:
    """Attend que `condition` devienne vraie, au plus `delai` secondes. Rend sa dernière valeur."""
    limite = time.monotonic() + delai
    while not condition():
        if time.monotonic() > limite:
            return False
        time.sleep(pas)
    return True


def signaler(pid: int, numero: int) -> None:
    """Envoie un signal à un processus, qui peut déjà avoir disparu."""
    try:
        os.kill(pid, numero)
    except ProcessLookupError:
        return
