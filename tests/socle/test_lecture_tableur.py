"""Ouvrir un fichier XLSX, ODS ou CSV reconnu à son contenu."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from config.socle.lecture.tableau import Ligne
from config.socle.lecture.tableur import empreinte, lire_tableau
from tests.socle.classeurs import classeur, lu, ods

REELS = Path(__file__).parents[1] / "donnees" / "imports-reels"


# --- CSV ---------------------------------------------------------------------------------------------------
ATTENDU = (1, ("Numéro", "Intitulé", "Coût"), [(2, ("1", "Café ; thé", "1 234,50 €")), (4, ("2", "Été", None))])
TEXTE = 'Numéro{s}Intitulé{s}Coût\r\n1{s}"Café ; thé"{s}"1 234,50 €"\r\n\r\n2{s}Été{s}\r\n'


@pytest.mark.parametrize("separateur", [";", ",", "\t"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_un_csv_se_lit_dans_tous_ses_encodages_et_separateurs(ecrire, separateur, encodage):
    assert lu(ecrire(TEXTE.format(s=separateur).encode(encodage))) == ATTENDU


def test_un_bom_utf8_devant_un_corps_windows_1252_se_lit(ecrire):
    assert lu(ecrire(b"\xef\xbb\xbf" + TEXTE.format(s=";").encode("cp1252"))) == ATTENDU


@pytest.mark.parametrize("nom", ["programme.csv", "programme.xls", "programme.ods", "programme"])
def test_un_classeur_se_reconnait_sous_n_importe_quel_nom(tmp_path, nom):
    classeur(tmp_path / "e.xlsx", {"A1": "numero", "A2": "1"}).rename(tmp_path / nom)
    assert lu(tmp_path / nom) == (1, ("numero",), [(2, ("1",))])


def test_un_ods_nomme_xlsx_se_lit(tmp_path):
    assert lu(ods(tmp_path / "e.xlsx", [(["numero"], 1), (["1"], 1)])) == (1, ("numero",), [(2, ("1",))])


def test_la_ligne_sep_ajoutee_par_excel_ne_compte_pas(ecrire):
    assert lu(ecrire(b"sep=,\r\na;x,b\r\n1,2\r\n")) == (1, ("a;x", "b"), [(2, ("1", "2"))])


def test_une_cellule_sur_plusieurs_lignes_ne_decale_pas_les_numeros(ecrire):
    assert lu(ecrire(b'a;b\n"x\ny";1\n;\nz;2\n')) == (1, ("a", "b"), [(2, ("x\ny", "1")), (4, ("z", "2"))])


def test_des_virgules_dans_la_prose_ne_trompent_pas_sur_le_separateur(ecrire):
    contenu = "a;b\n" + "".join(f"un, deux, trois, {i};{i}\n" for i in range(30))
    assert lire_tableau(ecrire(contenu.encode())).entetes == ("a", "b")


def test_les_entetes_attendus_departagent_les_separateurs(ecrire):
    chemin = ecrire(b"numero;cout,total\n1;2,5\n2;3,5\n")
    assert lire_tableau(chemin, attendues={"numero"}).entetes == ("numero", "cout,total")


def test_les_entetes_se_reconnaissent_sous_un_titre_et_des_lignes_vides(ecrire):
    chemin = ecrire("\n;;\nProgramme 2016;;\n\nNuméro;Axe;\n1;2;\n".encode())
    assert lu(chemin, attendues={"numero", "axe"}) == (5, ("Numéro", "Axe"), [(6, ("1", "2", None))])
    assert lu(ecrire(b"\n\na;b\n1;2\n")) == (3, ("a", "b"), [(4, ("1", "2"))])


def test_une_colonne_seule_se_lit(ecrire):
    assert lu(ecrire(b"numero\n1\n")) == (1, ("numero",), [(2, ("1",))])


def test_un_tableau_se_parcourt_deux_fois(ecrire):
    tableau = lire_tableau(ecrire(b"a;b\n1;2\n"))
    assert list(tableau.lignes()) == list(tableau.lignes()) == [Ligne(2, ("1", "2"))]


def test_une_ligne_courte_a_des_cellules_vides():
    assert Ligne(2, ("1",)).cellule(0) == "1"
    assert Ligne(2, ("1",)).cellule(3) is None


def test_l_empreinte_est_le_sha256_du_fichier(ecrire):
    assert empreinte(ecrire(b"abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


# --- Classeurs ---------------------------------------------------------------------------------------------
def test_un_xlsx_garde_ses_types_et_ses_numeros_de_ligne(tmp_path):
    chemin = classeur(
        tmp_path / "essai.dat",
        {
            "A3": "Numéro", "B3": "Date", "C3": "Montant", "D3": "SIRET",
            "A5": 1, "B5": date(2016, 6, 13), "C5": 12.5, "D5": "01234567890123",
            "A6": "\u00a0", "B6": datetime.combine(date(2016, 6, 13), time(10, 5)), "C6": True, "D6": " x ",
        },
    )  # fmt: skip
    assert lu(chemin) == (
        3,
        ("Numéro", "Date", "Montant", "SIRET"),
        [
            (5, (1.0, date(2016, 6, 13), 12.5, "01234567890123")),
            (6, (None, datetime.combine(date(2016, 6, 13), time(10, 5)), True, "x")),
        ],
    )
    assert lire_tableau(chemin).format == "XLSX"


def test_d_un_classeur_on_lit_la_feuille_qui_porte_les_entetes(tmp_path):
    chemin = classeur(
        tmp_path / "e.xlsx", {"A1": "Mode d’emploi", "A2": "texte"}, Programme={"A1": "numero", "B1": "axe", "A2": 1}
    )
    tableau = lire_tableau(chemin, attendues={"numero", "axe"})
    assert (tableau.feuille, tableau.entetes) == ("Programme", ("numero", "axe"))


def test_une_feuille_cachee_ne_se_lit_pas(tmp_path):
    livre = Workbook()
    livre.active["A1"] = "visible"
    cachee = livre.create_sheet("cachée")
    cachee["A1"] = "numero"
    cachee.sheet_state = "hidden"
    livre.save(tmp_path / "e.xlsx")
    assert lire_tableau(tmp_path / "e.xlsx", attendues={"numero"}).entetes == ("visible",)


def test_un_ods_se_lit_malgre_ses_millions_de_cellules_vides(tmp_path):
    chemin = ods(
        tmp_path / "e.bin", [(["Numéro", "Axe"], 1), (["1", "2"], 1), ([], 3), (["3", "4"], 2)], fin=1_048_000
    )
    assert lu(chemin) == (
        1,
        ("Numéro", "Axe"),
        [(2, ("1", "2")), (6, ("3", "4")), (7, ("3", "4"))],
    )
    assert lire_tableau(chemin).format == "ODS"


# --- Fichiers réels ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("nom", "format_", "premier", "nombre", "lignes"),
    [
        ("DEP_Aube_Donnees_essentielles_conventions_subvention.xlsx", "XLSX",
         "Informations relatives à l’autorité administrative attribuant la subvention", 7, 8),
        ("DEP_Lot_Subventions_2017_DONNEES.xlsx_pour_exemple.csv", "CSV", "NomAttribuant", 14, 13),
        ("DEP_Nièvre_CD58_SUBVENTIONS_2016_LISTE.csv", "CSV", "COLL_NOM", 17, 97),
        ("DEP_Vendée_Publication_données_Open_data_Subventions_Conventions.xlsx", "XLSX", "nomAttribuant", 14, 4),
        ("exemple_invalide.csv", "CSV", "nomAttribuant", 14, 7),
    ],
)  # fmt: skip
def test_les_fichiers_reels_se_lisent(nom, format_, premier, nombre, lignes):
    tableau = lire_tableau(REELS / nom)
    assert (tableau.format, tableau.entetes[0], len(tableau.entetes), len(list(tableau.lignes()))) == (
        format_, premier, nombre, lignes,
    )  # fmt: skip


def test_les_entetes_de_l_aube_se_trouvent_sous_leur_titre():
    nom = "DEP_Aube_Donnees_essentielles_conventions_subvention.xlsx"
    tableau = lire_tableau(REELS / nom, attendues={"reference_de_la_decision", "conditions_de_versement"})
    assert (tableau.ligne_entetes, tableau.entetes[3]) == (2, "Référence de la décision")
    ligne = next(tableau.lignes())
    assert (ligne.numero, ligne.cellule(2), ligne.cellule(7)) == (3, date(2017, 11, 16), "50\u00a0000 euros")


def test_le_lot_garde_ses_accents():
    tableau = lire_tableau(REELS / "DEP_Lot_Subventions_2017_DONNEES.xlsx_pour_exemple.csv")
    assert next(tableau.lignes()).cellule(4) == "Association des maires et élus du Lot"
