"""Deux antivirus d’essai : un vrai clamd, dont l’essai écrit la signature, et un faux, pour les pannes."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MARQUE = b"MILLEACTIONSFAUXVIRUSDESSAI"  # sans tiret : un PDF les écrirait autrement
NOM = "Essai.MilleActions"
DELAI = 60.0  # secondes : clamd lit ses signatures avant d’ouvrir son socket
ABSENT = (
    "clamd n’est pas installé : les essais du vrai antivirus sautent. Sur Debian : apt-get install clamav-daemon "
    "(le paquet suffit, aucune signature n’est téléchargée)."
)


def clamd_present() -> str:
    """Le chemin de clamd, que `make test` installe s’il le peut. Absent, l’essai saute en le disant."""
    chemin = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if chemin is None:
        print(f"\nSAUTÉ : {ABSENT}", file=sys.__stderr__, flush=True)
        pytest.skip(ABSENT)
    return chemin


@contextmanager
def vrai_clamd(dossier: Path, *, limite: str = "60M") -> Iterator[str]:
    """Un clamd sur un socket unix, avec une seule signature. Rend l’adresse du socket."""
    programme = clamd_present()
    (dossier / "signatures").mkdir()
    (dossier / "signatures" / "essai.ndb").write_text(f"{NOM}:0:*:{MARQUE.hex()}\n")
    reglages, adresse = dossier / "clamd.conf", dossier / "clamd.sock"
    reglages.write_text(
        f"LocalSocket {adresse}\nDatabaseDirectory {dossier / 'signatures'}\nTemporaryDirectory {dossier}\n"
        f"LogFile {dossier / 'clamd.log'}\nStreamMaxLength {limite}\nForeground yes\nMaxThreads 2\n"
    )
    processus = subprocess.Popen([programme, "--config-file", str(reglages)], stdout=subprocess.DEVNULL)
    try:
        limite_d_attente = time.monotonic() + DELAI
        while not _repond(adresse):
            if processus.poll() is not None or time.monotonic() > limite_d_attente:
                pytest.fail(f"clamd ne démarre pas :\n{(dossier / 'clamd.log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield str(adresse)
    finally:
        processus.terminate()
        processus.wait(timeout=20)


def _repond(adresse: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as prise:
            prise.settimeout(5)
            prise.connect(str(adresse))
            prise.sendall(b"nPING\n")
            return prise.recv(16) == b"PONG\n"
    except OSError:
        return False


class FauxClamd:
    """Écoute en boucle locale, lit un flux INSTREAM entier, puis répond `reponse` (None : se tait)."""

    def __init__(self, reponse: bytes | None) -> None:
        self.reponse = reponse
        self.recus: list[bytes] = []
        self._ecoute = socket.create_server(("127.0.0.1", 0))
        self._fil = threading.Thread(target=self._servir, daemon=True)
        self._fil.start()

    @property
    def adresse(self) -> str:
        """« 127.0.0.1:port »."""
        return f"127.0.0.1:{self._ecoute.getsockname()[1]}"

    def fermer(self) -> None:
        """Cesse d’écouter."""
        self._ecoute.shutdown(socket.SHUT_RDWR)  # fermer ne réveille pas le fil qui attend une connexion
        self._ecoute.close()
        self._fil.join(timeout=5)

    def _servir(self) -> None:
        while True:
            try:
                prise, _ = self._ecoute.accept()
            except OSError:
                return
            with prise:
                prise.settimeout(5)
                try:
                    self.recus.append(_flux(prise))
                    if self.reponse is None:
                        prise.recv(1)  # se tait jusqu’à ce que l’autre raccroche
                    else:
                        prise.sendall(self.reponse)
                except OSError:
                    continue


def _flux(prise: socket.socket) -> bytes:
    with prise.makefile("rb") as lu:
        assert lu.readline() == b"nINSTREAM\n"
        morceaux = []
        while taille := struct.unpack("!L", lu.read(4))[0]:
            morceaux.append(lu.read(taille))
        return b"".join(morceaux)
