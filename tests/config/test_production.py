"""Les réglages de production refusent de démarrer mal réglés ; le bon jeu passe sans avertissement."""

import os
import subprocess
import sys

import pytest

from config.embarque.lieux import RACINE

BONS = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789-xyz",
    "ALLOWED_HOSTS": "exemple.fr",
    "DATABASE_URL": "postgresql:///absente",
    "REDIS_URL": "redis://localhost/0",
}


def charger(**ecarts: str | None) -> subprocess.CompletedProcess[str]:
    """Importer les réglages dans un processus neuf."""
    voulus = {"PATH": os.environ["PATH"], **BONS, **ecarts}
    environ = {nom: valeur for nom, valeur in voulus.items() if valeur is not None}
    commande = [sys.executable, "-c", "from django.conf import settings; print(settings.MODE_DEMONSTRATION)"]
    return subprocess.run(commande, cwd=RACINE, env=environ, capture_output=True, text=True, check=False)


def test_de_bons_reglages_se_chargent_hors_du_mode_demonstration():
    resultat = charger()
    assert (resultat.returncode, resultat.stdout) == (0, "False\n")


@pytest.mark.parametrize(
    ("ecart", "dit"),
    [
        ({"DEBUG": "1"}, "DEBUG doit être absent"),
        ({"SECRET_KEY": ""}, "SECRET_KEY doit être une valeur tirée au hasard"),
        ({"SECRET_KEY": "court"}, "SECRET_KEY doit être une valeur tirée au hasard"),
        (
            {"SECRET_KEY": "demonstration-seulement-jamais-en-production-et-tout-a-fait-longue"},
            "SECRET_KEY doit être une valeur tirée au hasard",
        ),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS doit nommer"),
        ({"DATABASE_URL": None}, "DATABASE_URL et REDIS_URL sont obligatoires"),
        ({"REDIS_URL": None}, "DATABASE_URL et REDIS_URL sont obligatoires"),
        ({"REGISTRE_URL": "http://registre.exemple.fr"}, "REGISTRE_URL doit être une adresse https"),
        ({"SIGNATURE_URL": "http://signature.exemple.fr"}, "SIGNATURE_URL doit être une adresse https"),
        ({"SIGNATURE_URL": "https://signature.exemple.fr", "SIGNATURE_CLE": "courte"}, "SIGNATURE_CLE doit être"),
    ],
)
def test_un_mauvais_reglage_empeche_de_demarrer(ecart, dit):
    resultat = charger(**ecart)
    assert (resultat.returncode, dit in resultat.stderr) == (1, True)
