"""Les variables d’environnement : toutes dites dans .env.example, toutes données aux services qui les lisent."""

import re

import pytest
import yaml

from config.embarque.lieux import RACINE

LECTURE = re.compile(r"""\b(?:env\.\w+|os\.environ\.get)\(\s*["'](\w+)["']""")
LECTEURS = [*sorted((RACINE / "config" / "settings").glob("*.py")), RACINE / "config" / "gunicorn.py"]
# Ce que la composition écrit elle-même, ou que seule elle lit.
DE_LA_COMPOSITION = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "PORT_COURRIELS"}
DE_PYTHON = {"HTTPS_PROXY"}  # lue par la bibliothèque standard, pour joindre le registre des entreprises
# Fixées par l’image, sans objet en conteneur, ou laissées à leur défaut (REDIS_URL).
HORS_COMPOSITION = {"MILLE_ACTIONS_VAR", "ADRESSE", "PORT", "DEBUG", "CACHE_URL", "CELERY_BROKER_URL"}


@pytest.fixture(scope="module")
def lues() -> set[str]:
    return {nom for fichier in LECTEURS for nom in LECTURE.findall(fichier.read_text())}


@pytest.fixture(scope="module")
def composition() -> str:
    return (RACINE / "docker-compose.yml").read_text()


def test_l_exemple_dit_toutes_les_variables_lues_et_elles_seules(lues, composition):
    dites = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", (RACINE / ".env.example").read_text(), re.MULTILINE)
    assert sorted(dites) == sorted(lues | DE_LA_COMPOSITION | DE_PYTHON)
    assert sorted(set(re.findall(r"\$\{(\w+)", composition)) - set(dites)) == []


def test_la_composition_donne_a_l_application_ce_qu_elle_lit(lues, composition):
    services = yaml.safe_load(composition)["services"]
    donnees = {nom: set(services[nom]["environment"]) for nom in ("migrations", "web", "worker", "beat")}
    assert donnees == dict.fromkeys(donnees, (lues | DE_PYTHON) - HORS_COMPOSITION)


def test_l_image_fixe_ce_que_la_composition_ne_donne_pas():
    dockerfile = (RACINE / "Dockerfile").read_text()
    fixees = {nom for nom in HORS_COMPOSITION if re.search(rf"^ +{nom}=", dockerfile, re.MULTILINE)}
    assert fixees == {"MILLE_ACTIONS_VAR", "ADRESSE", "PORT"}
