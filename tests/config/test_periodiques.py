"""Chaque tâche périodique existe, sous le nom que le calendrier lui donne."""

from config.celery import app
from config.settings.periodiques import PERIODIQUES


def test_chaque_tache_du_calendrier_existe():
    app.loader.import_default_modules()
    assert [ligne["task"] for ligne in PERIODIQUES.values() if ligne["task"] not in app.tasks] == []


def test_un_passage_expire_avant_le_suivant():
    assert [nom for nom, li in PERIODIQUES.items() if not 0 < li["options"]["expires"] < li["schedule"]] == []
