"""`manage.py exporter_decisions` : le fichier entier ou rien, et des refus clairs."""

import os
import re

import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from config.socle.models import Journal
from tests.financements.exports import augmentee_pendant_l_export
from tests.financements.rapports import normaliser, petit_programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    return petit_programme(slug="nord")


@pytest.mark.parametrize("genre", ["xlsx", "ods"])
def test_le_classeur_est_ecrit_et_journalise(tmp_path, capsys, genre, programme):
    sortie = tmp_path / f"actions.{genre}"
    call_command("exporter_decisions", "nord", "--format", genre, "--sortie", str(sortie))
    dit = normaliser(capsys.readouterr().out)
    assert re.fullmatch(rf"{re.escape(str(sortie))} : 8 lignes, 108 418,08 €, \d+ Kio\n", dit), dit
    lu = CalamineWorkbook.from_path(str(sortie))
    assert (lu.sheet_names, list(tmp_path.iterdir())) == (["Synthèse", "Axe 1", "Axe 2"], [sortie])
    ligne = Journal.objects.get(acte="exporter_les_decisions")
    assert (ligne.auteur, ligne.objet_id, ligne.apres["format"]) == (None, str(programme.appel.pk), genre)


def test_le_csv_est_relu(tmp_path):
    sortie = tmp_path / "actions.csv"
    call_command("exporter_decisions", "nord", "--format", "csv", "--sortie", str(sortie))
    lignes = sortie.read_text(encoding="utf-8-sig").splitlines()
    assert [ligne.partition(";")[0] for ligne in lignes] == ["N°", *map(str, range(101, 109))]


@pytest.mark.parametrize(
    ("appel", "genre", "message"),
    [
        ("sud", "csv", "Aucun appel « sud ». Appels connus : nord."),
        (
            "nord",
            "pdf",
            "Format « pdf » inconnu. Formats offerts : xlsx, ods, csv, scdl, scdl-etendu, engagements, liquidations.",
        ),
    ],
)
def test_une_demande_impossible_est_refusee_en_clair(tmp_path, appel, genre, message):
    with pytest.raises(CommandError) as refus:
        call_command("exporter_decisions", appel, "--format", genre, "--sortie", str(tmp_path / "f"))
    assert (str(refus.value), list(tmp_path.iterdir())) == (message, [])
    assert not Journal.objects.exists()


def test_une_sortie_impossible_est_refusee_en_clair(tmp_path):
    def refus(sortie) -> str:
        with pytest.raises(CommandError) as leve:
            call_command("exporter_decisions", "nord", "--format", "xlsx", "--sortie", str(sortie))
        return str(leve.value)

    absent = tmp_path / "absent" / "f.xlsx"
    assert refus(tmp_path) == f"« {tmp_path} » est un dossier : donnez le nom du fichier XLSX à écrire."
    assert refus(absent) == f"Le dossier « {absent.parent} » n’existe pas."
    trop_long = tmp_path / ("x" * 300)
    assert refus(trop_long) == f"« {trop_long} » n’a pas pu être écrit : {os.strerror(36)}."
    assert list(tmp_path.iterdir()) == []


def test_des_donnees_qui_changent_laissent_l_ancien_fichier(tmp_path):
    sortie = tmp_path / "f.csv"
    sortie.write_text("ancien")
    with augmentee_pendant_l_export(101, 2016), pytest.raises(CommandError) as refus:
        call_command("exporter_decisions", "nord", "--format", "csv", "--sortie", str(sortie))
    assert str(refus.value).startswith("Les données ont changé pendant l’export (axe 1 : ")
    assert ([f.name for f in tmp_path.iterdir()], sortie.read_text()) == (["f.csv"], "ancien")
    assert not Journal.objects.exists()
