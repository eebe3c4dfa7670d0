"""`make demo` de bout en bout, et ses refus."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import RACINE, Lieux
from config.embarque.processus import attendre
from config.embarque.superviseur import PORT_PAR_DEFAUT, interroger_la_sante, lire_le_port

DEMO = [sys.executable, "-m", "config.embarque", "demo"]
DELAI = 150.0  # secondes, chargement du programme compris


def port_libre() -> int:
    with socket.socket() as essai:
        essai.bind(("127.0.0.1", 0))
        return int(essai.getsockname()[1])


def processus_de(ici: Lieux) -> list[str]:
    """Les lignes de commande de tous les processus, serveurs compris, qui citent ces lieux."""
    trouves = []
    for processus in psutil.process_iter(["cmdline", "environ", "status"]):
        infos = processus.info
        texte = " ".join(infos["cmdline"] or []) + " " + (infos["environ"] or {}).get("MILLE_ACTIONS_VAR", "")
        if str(ici.etat) in texte and infos["status"] != psutil.STATUS_ZOMBIE:
            trouves.append(" ".join(infos["cmdline"] or []))
    return trouves


@pytest.mark.parametrize(("texte", "port"), [("", PORT_PAR_DEFAUT), ("1", 1), ("8001", 8001), ("65535", 65535)])
def test_le_port_se_choisit(texte, port):
    assert lire_le_port(texte) == port


@pytest.mark.parametrize("texte", ["0", "65536", "abc", "-1", "80 ", "8_0", "٨٠"])
def test_un_port_impossible_est_refuse_en_clair(texte):
    with pytest.raises(ErreurEmbarque) as refus:
        lire_le_port(texte)
    assert str(refus.value) == f"PORT vaut « {texte} » ; il faut un nombre entre 1 et 65535."


@pytest.mark.lent
def test_un_port_pris_se_dit_sans_trace_d_appel(ici, environ_propre):
    with socket.socket() as voisin:
        voisin.bind(("127.0.0.1", 0))
        voisin.listen()
        port = voisin.getsockname()[1]
        environ = {**environ_propre, "MILLE_ACTIONS_VAR": str(ici.etat), "PORT": str(port)}
        resultat = subprocess.run(DEMO, cwd=RACINE, env=environ, capture_output=True, text=True, check=False)
    attendu = (
        f"\nErreur : Le port {port} est déjà pris par un autre programme.\n"
        f"Choisissez-en un autre, par exemple :\n    PORT={port + 1} make demo\n"
    )
    assert (resultat.returncode, resultat.stdout, resultat.stderr) == (1, "", attendu)
    assert processus_de(ici) == []


@pytest.mark.lent
def test_la_demonstration_demarre_se_repare_et_s_arrete_sans_reste(ici, environ_propre, tmp_path: Path):
    port = port_libre()
    environ = {**environ_propre, "MILLE_ACTIONS_VAR": str(ici.etat), "PORT": str(port)}
    recit = tmp_path / "recit"
    with (
        recit.open("w") as sortie,
        subprocess.Popen(DEMO, cwd=RACINE, env=environ, stdout=sortie, stderr=sortie) as demo,
    ):
        try:
            assert attendre(lambda: "est prêt" in recit.read_text() or demo.poll() is not None, DELAI), (
                recit.read_text()
            )
            assert interroger_la_sante(port) == 200, recit.read_text()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/connexion/") as page:
                assert page.status == 200

            web = next(p for p in psutil.Process(demo.pid).children() if "gunicorn" in p.cmdline())
            web.kill()
            assert attendre(lambda: "« web » s’est arrêté (signal 9) ; il est relancé" in recit.read_text(), DELAI)
            assert attendre(lambda: interroger_la_sante(port) == 200, DELAI)
        finally:
            demo.send_signal(signal.SIGTERM)
    assert demo.returncode == 0
    assert recit.read_text().endswith("Arrêt en cours…\nTout est arrêté ; les données sont gardées.\n")
    assert attendre(lambda: processus_de(ici) == [], DELAI), processus_de(ici)
