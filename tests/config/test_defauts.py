"""Quels réglages prend un processus à qui l’on n’en dit aucun ; ce que lance l’intégration continue."""

import os
import subprocess
import sys

import pytest

from config.embarque.lieux import RACINE

AVANT = {"PATH": os.environ["PATH"]}


def executer(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Un processus neuf, sans variable."""
    commande = [sys.executable, "-c", code]
    return subprocess.run(commande, cwd=RACINE, env={**AVANT, **environ}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["config", "config.wsgi", "config.asgi", "config.celery"])
def test_un_serveur_sans_reglages_est_une_production_qui_refuse_de_demarrer(module):
    resultat = executer(f"import {module}; from django.conf import settings; settings.DEBUG")
    assert (resultat.returncode, resultat.stderr.splitlines()[-1].split(" : ")[0]) == (
        1,
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY doit être une valeur tirée au hasard d’au moins "
        "50 caractères",
    )


def test_manage_sans_reglages_est_au_poste_de_travail():
    code = "import manage; from django.conf import settings; print(settings.MODE_DEMONSTRATION)"
    assert executer(code).stdout == "True\n"


def test_manage_prend_les_reglages_qu_on_lui_dit():
    code = "import manage, os; print(os.environ['DJANGO_SETTINGS_MODULE'])"
    assert executer(code, DJANGO_SETTINGS_MODULE="config.settings.production").stdout == "config.settings.production\n"


def test_l_integration_continue_se_dit_telle_et_lance_make_test(tmp_path):
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "CI=$CI make $*"\n')
    make.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    resultat = subprocess.run(
        [RACINE / ".ci" / "run"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert (resultat.returncode, resultat.stdout, resultat.stderr) == (0, "CI=1 make test\n", "")
