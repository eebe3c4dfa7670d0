"""La préparation dit ce qui manque et la ligne exacte à lancer."""

import os

import pytest

from config.embarque.preparation import BIBLIOTHEQUES, Impossible, installer_avec_apt, se_charge


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
