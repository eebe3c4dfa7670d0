"""La pile de production : ses services, et aucun secret écrit en dur."""

import re

import pytest
import yaml

from config.embarque.lieux import RACINE

SECRET = re.compile(r"SECRET|PASSWORD|AUTH|_URL$")
OBLIGATOIRES = {"SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


@pytest.fixture(scope="module")
def composition():
    return yaml.safe_load((RACINE / "docker-compose.yml").read_text())


def test_les_services_sont_ceux_de_l_architecture(composition):
    attendus = {"migrations", "web", "worker", "beat", "base", "file", "courriels", "antivirus"}
    assert set(composition["services"]) == attendus
    assert {nom for nom, service in composition["services"].items() if "profiles" in service} == {"antivirus"}
    assert composition["services"]["base"]["image"] == "postgres:18"


def test_aucun_secret_n_a_de_valeur_ecrite(composition):
    ecrits = [
        (nom, cle, valeur)
        for nom, service in composition["services"].items()
        for cle, valeur in (service.get("environment") or {}).items()
        if SECRET.search(cle) and not re.search(r"\$\{\w+(:\?[^}]+|:-)\}", str(valeur))
    ]
    assert ecrits == []


def test_les_variables_obligatoires_sont_dans_l_exemple_sans_valeur():
    texte = (RACINE / "docker-compose.yml").read_text()
    exigees = set(re.findall(r"\$\{(\w+):\?", texte))
    exemple = dict(
        ligne.split("=", 1)
        for ligne in (RACINE / ".env.example").read_text().splitlines()
        if ligne and not ligne.startswith("#")
    )
    assert exigees == OBLIGATOIRES
    assert exemple == dict.fromkeys(OBLIGATOIRES, "")


def test_rien_n_ecoute_hors_de_la_boucle_locale(composition):
    ports = [port for service in composition["services"].values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_chaque_service_durable_dit_sa_sante_et_l_image_n_est_pas_root(composition):
    sans = {nom for nom, service in composition["services"].items() if "healthcheck" not in service}
    assert sans == {"migrations", "courriels", "antivirus"}  # l’un se termine, les autres ont celui de leur image
    lignes = (RACINE / "Dockerfile").read_text().splitlines()
    assert [ligne for ligne in lignes if ligne.startswith("USER ")] == ["USER mille"]
