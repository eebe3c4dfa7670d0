"""`manage.py` : une base qui ne répond pas est une phrase, pas une trace d’appel."""

import os
import subprocess
import sys

from tests.architecture.depot import RACINE


def test_une_base_injoignable_se_dit_en_une_phrase():
    environ = {**os.environ, "DATABASE_URL": "postgresql://nul:nul@127.0.0.1:9/absente"}
    environ["DJANGO_SETTINGS_MODULE"] = "config.settings.demo"
    fait = subprocess.run(
        [sys.executable, "manage.py", "migrate"], cwd=RACINE, env=environ, capture_output=True, text=True, check=False
    )
    assert (fait.returncode, fait.stdout, fait.stderr.splitlines()[0]) == (
        1, "", "Erreur : la base de données ne répond pas. Vérifiez DATABASE_URL.",
    )  # fmt: skip
