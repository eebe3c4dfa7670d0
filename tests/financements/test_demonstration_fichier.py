"""Le fichier d’import du programme de démonstration, relu tel qu’il a été écrit."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from financements.demonstration.fichier import COLONNES, ecrire_csv, ecrire_xlsx
from financements.demonstration.generer import generer_programme
from financements.demonstration.lignes import LigneDemo, OrganismeDemo

ASSOCIATION = OrganismeDemo(
    "Toit et lien Les Six Genêts", "00001000700018", "W599000008", "association", "59606", "VAL"
)
CIAS = OrganismeDemo("CIAS des Sept Écluses", "00001000800016", "", "ccas", "59350", "MLI")
LIGNES = [
    LigneDemo(
        numero=1,
        axe=5,
        organisme=ASSOCIATION,
        intitule="Maintien dans le logement à Valenciennes",
        sous_type="Logement et hébergement",
        parts=(("VAL", 60), ("DOU", 40)),
        allocataires_prevus=40,
        cout_total=4_500_050,
        montants={2016: 1_000_050, 2017: 1_000_000},
        montant_fse=900_000,
        deliberation="DLES/2016/216",
        date_deliberation=date(2016, 6, 13),
    ),
    LigneDemo(
        numero=2,
        axe=4,
        organisme=CIAS,
        intitule="Bail glissant à Lille",
        sous_type="Logement",
        parts=(("MLI", 100),),
        allocataires_prevus=12,
        cout_total=300_000,
        montants={2018: 300_000},
        montant_fse=0,
        deliberation="DLES/2016/215",
        date_deliberation=date(2016, 6, 13),
    ),
]


def test_le_csv_est_celui_qu_un_service_enverrait(tmp_path: Path) -> None:
    chemin = tmp_path / "programme.csv"
    ecrire_csv(LIGNES, chemin)
    octets = chemin.read_bytes()
    assert octets.startswith(b"\xef\xbb\xbfnumero;axe;organisme;")
    assert list(csv.reader(octets.decode("utf-8-sig").splitlines(), delimiter=";")) == [
        list(COLONNES),
        [
            "1", "5", "Toit et lien Les Six Genêts", "00001000700018", "W599000008", "association", "Valenciennes",
            "Maintien dans le logement à Valenciennes", "Logement et hébergement", "Valenciennois=60|Douaisis=40",
            "40", "45000,50", "10000,50", "10000,00", "", "oui", "9000,00", "DLES/2016/216", "13/06/2016",
        ],
        [
            "2", "4", "CIAS des Sept Écluses", "00001000800016", "", "ccas", "Lille", "Bail glissant à Lille",
            "Logement", "Métropole Lille", "12", "3000,00", "", "", "3000,00", "non", "", "DLES/2016/215",
            "13/06/2016",
        ],
    ]  # fmt: skip


def test_le_classeur_garde_textes_nombres_et_dates(tmp_path: Path) -> None:
    chemin = tmp_path / "programme.xlsx"
    ecrire_xlsx(LIGNES, chemin)
    classeur = openpyxl.load_workbook(chemin, read_only=True)
    entetes, *rangees = classeur["Programme"].iter_rows(values_only=True)
    assert entetes == COLONNES
    lues = [dict(zip(COLONNES, rangee, strict=True)) for rangee in rangees]
    choisies = ("numero", "siret", "rna", "territoires", "cout_total", "montant_2016", "montant_2018")
    assert [[str(ligne[nom]) for nom in choisies] for ligne in lues] == [
        ["1", "00001000700018", "W599000008", "Valenciennois=60|Douaisis=40", "45000.5", "10000.5", "None"],
        ["2", "00001000800016", "None", "Métropole Lille", "3000.0", "None", "3000.0"],
    ]
    assert {ligne["date_deliberation"] for ligne in lues} == {datetime(2016, 6, 13)}  # noqa: DTZ001 (cellule sans fuseau)
    classeur.close()


@pytest.mark.parametrize("ecrire", [ecrire_csv, ecrire_xlsx])
def test_deux_ecritures_donnent_les_memes_octets(tmp_path: Path, ecrire) -> None:
    chemins = [tmp_path / "un", tmp_path / "deux"]
    for chemin in chemins:
        ecrire(LIGNES, chemin)
    assert chemins[0].read_bytes() == chemins[1].read_bytes()


def test_le_programme_entier_s_ecrit_au_centime(tmp_path: Path) -> None:
    chemin = tmp_path / "programme.csv"
    ecrire_csv(generer_programme(), chemin)
    with chemin.open(encoding="utf-8-sig", newline="") as fichier:
        lignes = list(csv.DictReader(fichier, delimiter=";"))
    total = sum(
        Decimal(ligne[f"montant_{annee}"].replace(",", ".") or "0") for ligne in lignes for annee in (2016, 2017, 2018)
    )
    assert (len(lignes), total) == (988, Decimal("74280000.00"))
