"""La préparation dit ce qui manque et la ligne exacte à lancer."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.embarque.lieux import RACINE
from config.embarque.preparation import (
    BIBLIOTHEQUES,
    PROGRAMMES,
    PROGRAMMES_SOUHAITES,
    Impossible,
    installer_avec_apt,
    paquets_absents,
    preparer_les_essais,
    se_charge,
)

CREATION = "→ Création de l’environnement Python (.venv)…"
INSTALLATION = "→ Installation des paquets de requirements/demo.txt…"
REPLI = "→ uv n’a pas abouti ; pip prend le relais…"


def test_les_bibliotheques_de_mise_en_page_se_chargent():
    assert [nom for nom in BIBLIOTHEQUES if not se_charge(nom)] == []


def test_une_bibliotheque_absente_se_voit():
    assert not se_charge("libnexistepas.so.9")


def test_sans_apt_les_paquets_sont_nommes(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Impossible) as refus:
        installer_avec_apt(["libpango-1.0-0"], "Il manque une bibliothèque.")
    attendu = "Il manque une bibliothèque.\nInstallez l’équivalent, sur ce système, de : libpango-1.0-0"
    assert str(refus.value) == attendu


@pytest.mark.skipif(os.geteuid() == 0, reason="root installe au lieu de dire la ligne")
def test_sans_droits_la_ligne_exacte_est_dite(monkeypatch, tmp_path):
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Impossible, match="sudo apt-get install -y --no-install-recommends poppler-utils"):
        installer_avec_apt(["poppler-utils"], "Il manque un programme.")


def test_un_programme_de_sbin_est_trouve_sans_etre_dans_le_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert paquets_absents({"useradd": "passwd", "absent-de-partout": "rien"}) == ["rien"]


def test_sans_l_antivirus_les_essais_se_font_et_le_disent(monkeypatch, tmp_path, capsys):
    for nom in PROGRAMMES:
        programme = tmp_path / nom
        programme.write_text("#!/bin/sh\n")
        programme.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("config.embarque.preparation.PROGRAMMES_SOUHAITES", {"absent-de-partout": "clamav-daemon"})
    preparer_les_essais()
    assert capsys.readouterr().out == (
        "\n!!! clamav-daemon : absent ; les essais qui s’en servent NE SERONT PAS lancés.\n"
        "Les essais du vrai antivirus veulent un programme qui manque.\n"
        "Installez l’équivalent, sur ce système, de : clamav-daemon\n\n"
    )
    assert PROGRAMMES_SOUHAITES == {"clamd": "clamav-daemon"}


@pytest.mark.lent
def test_l_environnement_se_fait_une_fois_et_se_refait_apres_une_interruption(tmp_path):
    projet = tmp_path / "un projet"
    (projet / "config" / "embarque").mkdir(parents=True)
    (projet / "requirements").mkdir()
    shutil.copy(RACINE / "config" / "embarque" / "preparation.py", projet / "config" / "embarque")
    for verrou in ("amorce", "demo"):  # vides : l’essai n’a pas de réseau
        (projet / "requirements" / f"{verrou}.txt").write_text("# vide\n")
    assert preparer(projet) == [CREATION, INSTALLATION, REPLI]
    assert preparer(projet) == []

    (projet / "requirements" / "demo.txt").write_text("# changé\n")
    assert preparer(projet) == [INSTALLATION, REPLI]

    (projet / ".venv" / ".installation-en-cours").touch()
    assert preparer(projet) == [CREATION, INSTALLATION, REPLI]


def preparer(projet: Path) -> list[str]:
    """Ce que la préparation annonce, lignes de pip et de uv mises à part."""
    commande = [sys.executable, "config/embarque/preparation.py", "demo"]
    resultat = subprocess.run(commande, cwd=projet, capture_output=True, text=True, check=False)
    assert resultat.returncode == 0, resultat.stderr
    return [ligne for ligne in resultat.stdout.splitlines() if ligne.startswith("→")]
