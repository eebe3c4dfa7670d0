"""`/sante/` : public, sans détail, rapide même en panne."""

import time

import pytest
from django.conf import settings

from config.celery import CLE_DU_BATTEMENT, client_de_la_file


@pytest.fixture
def file():
    with client_de_la_file(settings.CELERY_BROKER_URL) as client:
        yield client


def etat(client):
    client.get("/sante/")  # la première requête charge toutes les adresses
    depart = time.monotonic()
    reponse = client.get("/sante/")
    assert time.monotonic() - depart < 1
    return reponse.status_code, reponse.json()


@pytest.mark.django_db
def test_sans_travailleur_la_reponse_est_503(client, file):
    garde = file.get(CLE_DU_BATTEMENT)
    file.delete(CLE_DU_BATTEMENT)
    assert etat(client) == (503, {"base": "ok", "file": "ok", "worker": "en panne"})
    if garde is not None:
        file.set(CLE_DU_BATTEMENT, garde, ex=15)


@pytest.mark.django_db
def test_sans_file_la_reponse_est_503(client, settings):
    settings.CELERY_BROKER_URL = "redis+socket:///nulle/part.sock?virtual_host=0"
    assert etat(client) == (503, {"base": "ok", "file": "en panne", "worker": "en panne"})


@pytest.mark.lent
def test_avec_un_vrai_travailleur_tout_va(client, worker_celery):
    assert etat(client) == (200, {"base": "ok", "file": "ok", "worker": "ok"})


@pytest.mark.django_db
def test_seule_la_lecture_est_permise(client):
    assert client.post("/sante/").status_code == 405
