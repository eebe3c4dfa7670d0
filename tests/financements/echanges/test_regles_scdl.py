"""Nos règles SCDL rendent les verdicts de frictionless sur le schéma officiel."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle.lecture.erreurs import ErreurLigne
from financements.rules.scdl import CHAMPS, Controle, a_publier_avant, couper
from tests.financements.echanges import frictionless_scdl

EXEMPLES = Path(__file__).parents[2] / "donnees" / "scdl"
JUSTE = [
    "Département du Nord", "22590001800014", "2016-07-12", "DLES/2016/131", "Les Amis", "52499120500013", "", "Objet",
    "30000.00", "aide en numéraire", "échelonné", "2016-09-01/2017-03-01", "", "non", "1", "",
]  # fmt: skip


def verdicts(chemin: Path) -> set[tuple[int, str]]:
    with chemin.open(encoding="utf-8", newline="") as ouvert:
        entetes, *rangees = csv.reader(ouvert)
    controle = Controle(entetes)
    fautes = [*controle.fautes_d_en_tete()]
    for ligne, rangee in enumerate(rangees, start=2):
        fautes += controle.fautes(ligne, rangee)
    return {(faute.ligne, faute.colonne) for faute in fautes}


def avec(**valeurs: str) -> list[str]:
    return [valeurs.get(champ, valeur) for champ, valeur in zip(CHAMPS, JUSTE, strict=True)]


def test_l_exemple_officiel_valide_l_est():
    assert verdicts(EXEMPLES / "exemple_valide_v2.1.0.csv") == set()
    assert frictionless_scdl.fautes(EXEMPLES / "exemple_valide_v2.1.0.csv") == set()


def test_les_cellules_fausses_sont_celles_que_trouve_frictionless():
    chemin = EXEMPLES / "exemple_invalide_erreurs_cellules_v2.1.0.csv"
    attendues = frictionless_scdl.fautes(chemin) - {(0, "dispositifAide")}  # facultative : Validata n’avertit que
    assert verdicts(chemin) == attendues
    assert len(attendues) > 40


def test_une_colonne_mal_nommee_manque():
    chemin = EXEMPLES / "exemple_invalide_erreurs_colonnes_v2.1.0.csv"
    assert {champ for ligne, champ in verdicts(chemin) if ligne == 1} == {"nomBeneficiaire"}
    assert (0, "nomBeneficiaire") in frictionless_scdl.fautes(chemin)


@pytest.mark.parametrize(
    ("champ", "valeur", "attendu"),
    [
        ("nomAttribuant", "", "une valeur : ce champ est obligatoire"),
        ("idAttribuant", "22590001800015", "un SIRET : quatorze chiffres, clé comprise"),
        ("idAttribuant", "225900018", r"la forme ^\d{14}$"),
        ("dateConvention", "12/07/2016", "une date qui existe, écrite AAAA-MM-JJ"),
        ("dateConvention", "2016-02-30", "une date qui existe, écrite AAAA-MM-JJ"),
        ("rnaBeneficiaire", "W2A0001234", r"la forme ^W\d{9}$"),
        ("objet", "x" * 257, "256 caractères au plus"),
        ("montant", "30 000,00", "un nombre, au point décimal"),
        ("nature", "Aide en numéraire", "une de ces valeurs : « aide en numéraire », « aide en nature », "
         "« aide en numéraire;aide en nature », « aide en nature;aide en numéraire »"),
        ("datesPeriodeVersement", "2016-09-01_2017-03-01",
         r"la forme ^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$"),
        ("idRAE", "123456", "5 caractères au plus"),
        ("notificationUE", "Non", "« oui » ou « non »"),
        ("pourcentageSubvention", "100", "au plus 1"),
        ("pourcentageSubvention", "0", "au moins 0.01"),
    ],
)  # fmt: skip
def test_chaque_faute_dit_ce_qui_etait_attendu(champ, valeur, attendu):
    assert Controle().fautes(7, avec(**{champ: valeur})) == [ErreurLigne(7, champ, valeur, attendu)]


def test_ni_siret_ni_rna_est_une_faute_et_le_rna_suffit():
    controle = Controle()
    assert controle.fautes(2, JUSTE) == []
    assert controle.fautes(2, avec(idBeneficiaire="", rnaBeneficiaire="W591234567")) == []
    assert [faute.colonne for faute in controle.fautes(2, avec(idBeneficiaire=""))] == ["idBeneficiaire"]


@given(st.text(max_size=600), st.integers(2, 300))
def test_un_objet_coupe_tient_et_reste_un_debut(texte, maximum):
    coupe = couper(texte, maximum)
    assert len(coupe) <= maximum
    assert "\n" not in coupe
    assert " ".join(texte.split()).startswith(coupe.removesuffix("…"))


def test_un_objet_se_coupe_apres_un_mot():
    assert couper("Accompagner vers l’emploi, puis suivre", 27) == "Accompagner vers l’emploi…"
    assert couper("x" * 300) == "x" * 255 + "…"
    assert couper("Deux\n lignes") == "Deux lignes"


@pytest.mark.parametrize(
    ("signee", "avant"),
    [
        (date(2016, 7, 12), date(2016, 10, 12)),
        (date(2016, 11, 30), date(2017, 2, 28)),
        (date(2016, 12, 31), date(2017, 3, 31)),
    ],
)
def test_trois_mois_pour_publier(signee, avant):
    assert a_publier_avant(signee) == avant
