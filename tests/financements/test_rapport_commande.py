"""`manage.py rapport_pluriannuel` : sur place, sans file d’attente."""

import os
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from financements.models import Rapport
from tests.financements.rapports import numeros_de_la_liste, petit_programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    return petit_programme(slug="nord")


def test_un_territoire_et_deux_annees_dans_le_fichier_voulu(tmp_path, capsys):
    sortie = tmp_path / "val.pdf"
    call_command("rapport_pluriannuel", "nord", territoire="val", annees=(2016, 2017), sortie=sortie)
    assert re.fullmatch(rf"{sortie} : Rapport complet, \d+ pages, \d+ Kio\n", capsys.readouterr().out)
    assert numeros_de_la_liste(sortie) == [103, 104, 107, 108]
    assert ([fichier.name for fichier in tmp_path.iterdir()], Rapport.objects.count()) == (["val.pdf"], 0)


def test_plusieurs_volumes_sont_suffixes(tmp_path, settings):
    settings.ACTIONS_PAR_VOLUME = 3
    call_command("rapport_pluriannuel", "nord", "--axe", "1", "--annees", "2016", "--sortie", str(tmp_path / "r.pdf"))
    noms = sorted(fichier.name for fichier in tmp_path.iterdir())
    assert noms == ["r-1.pdf", "r-2.pdf", "r-3.pdf", "r-4.pdf"]
    lus = [numeros_de_la_liste(tmp_path / nom) for nom in noms]
    assert lus == [[], [101], [102], [103, 104]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sud"], "Aucun appel « sud ». Appels connus : nord."),
        (["nord", "--territoire", "zz"], "Aucun territoire « zz ». Codes connus : AVE, DOU, VAL."),
        (["nord", "--axe", "7"], "L’appel n’a pas d’axe 7. Axes : 1, 2."),
        (["nord", "--annees", "2015-2016"], "Les années doivent se suivre, entre 2016 et 2018."),
        (["nord", "--annees", "2018-2016"], "Les années doivent se suivre, entre 2016 et 2018."),
    ],
)
def test_une_demande_impossible_est_refusee_en_clair(tmp_path, arguments, message):
    with pytest.raises(CommandError) as refus:
        call_command("rapport_pluriannuel", *arguments, "--sortie", str(tmp_path / "r.pdf"))
    assert (str(refus.value), list(tmp_path.iterdir())) == (message, [])


def test_des_annees_illisibles_disent_ce_qui_est_attendu(tmp_path):
    with pytest.raises(CommandError, match="attendu une année \\(2016\\) ou deux \\(2016-2018\\)"):
        call_command("rapport_pluriannuel", "nord", "--annees", "hier", "--sortie", str(tmp_path / "r.pdf"))


def refus_de_la_sortie(sortie):
    with CaptureQueriesContext(connection) as requetes, pytest.raises(CommandError) as refus:
        call_command("rapport_pluriannuel", "nord", "--sortie", str(sortie))
    assert len(requetes) == 0  # dit avant tout calcul, et pas après la mise en page
    return str(refus.value)


def test_un_dossier_absent_est_dit(tmp_path):
    absent = tmp_path / "absent"
    assert refus_de_la_sortie(absent / "r.pdf") == f"Le dossier « {absent} » n’existe pas."


def test_un_dossier_donne_pour_sortie_est_refuse(tmp_path):
    message = f"« {tmp_path} » est un dossier : donnez le nom du fichier PDF à écrire."
    assert (refus_de_la_sortie(tmp_path), list(tmp_path.iterdir())) == (message, [])


def test_un_dossier_non_inscriptible_est_dit(tmp_path, monkeypatch):
    # Le superutilisateur écrit partout : c’est la réponse du système qui est changée, pas les droits du dossier.
    monkeypatch.setattr(os, "access", lambda chemin, _droits: chemin != tmp_path)
    assert refus_de_la_sortie(tmp_path / "r.pdf") == f"Le dossier « {tmp_path} » n’est pas inscriptible."
