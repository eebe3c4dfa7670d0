"""`manage.py rapport_pluriannuel` : sur place, sans file d’attente."""

import re

import pytest
from django.core.management import CommandError, call_command

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


def test_un_dossier_absent_est_dit(tmp_path):
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("rapport_pluriannuel", "nord", "--sortie", str(tmp_path / "absent" / "r.pdf"))
