"""Écrire un fichier d’essai."""

import pytest


@pytest.fixture
def ecrire(tmp_path):
    def _ecrire(contenu, nom="essai.csv"):
        chemin = tmp_path / nom
        chemin.write_bytes(contenu)
        return chemin

    return _ecrire
