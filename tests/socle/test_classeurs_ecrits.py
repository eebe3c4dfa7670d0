"""Un classeur écrit se rouvre, XLSX comme ODS : mêmes valeurs, mêmes genres, totaux en formules et leur valeur."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf.namespaces import OFFICENS, TABLENS
from odf.opendocument import load
from odf.table import DatabaseRange, Table, TableCell, TableHeaderRows, TableRow
from python_calamine import CalamineWorkbook

from config.socle.classeur import Feuille, Formule, case
from config.socle.classeur_ods import ecrire_ods
from config.socle.classeur_xlsx import ecrire_xlsx
from config.socle.ecriture import PAR_LOT, Champ, Genre

FORMATS = (ecrire_xlsx, ecrire_ods)
CHAMPS = (
    Champ("N°", Genre.ENTIER),
    Champ("Intitulé"),
    Champ("SIRET"),
    Champ("Demandé", Genre.MONTANT),
    Champ("Note", Genre.NOMBRE),
    Champ("Rejet", Genre.JOUR),
    Champ("Déposé", Genre.INSTANT),
)
RANGEES = [
    [1, "=HYPERLINK(1)", "00012345678901", Decimal("12500.50"), Decimal("13.25"), date(2026, 6, 28),
     datetime(2026, 4, 28, 15, 30, tzinfo=UTC)],
    [2, "Café ; « thé »\net  <suite> & \"fin\" ", None, None, None, None, None],
]  # fmt: skip
SOMME = Formule("SUM", Decimal("12500.50"), (1, 3), (2, 3))
FEUILLE = Feuille(
    "L’axe 'un' de", CHAMPS, RANGEES, ["Total", None, None, SOMME, None, None, None], ["Note."], figees=1
)
SYNTHESE = Feuille(
    "Synthèse",
    [Champ("Axe", Genre.ENTIER), Champ("Demandé", Genre.MONTANT, est_calculee=True)],
    [[1, Formule("SUM", Decimal("12500.50"), (1, 3), (2, 3), "L’axe 'un' de")]],
)


def ecrit(ecrire, *feuilles: Feuille) -> io.BytesIO:
    sortie = io.BytesIO()
    ecrire(sortie, feuilles)
    return io.BytesIO(sortie.getvalue())


def relu(ecrire, *feuilles: Feuille) -> list[list[list[object]]]:
    classeur = CalamineWorkbook.from_filelike(ecrit(ecrire, *feuilles))
    return [classeur.get_sheet_by_name(nom).to_python() for nom in classeur.sheet_names]


@pytest.mark.parametrize("ecrire", FORMATS)
def test_un_classeur_se_relit_entier_synthese_comprise(ecrire):
    assert relu(ecrire, SYNTHESE, FEUILLE) == [
        [["Axe", "Demandé"], [1.0, 12500.5]],
        [
            [champ.libelle for champ in CHAMPS],
            [1.0, "=HYPERLINK(1)", "00012345678901", 12500.5, 13.25, date(2026, 6, 28), datetime(2026, 4, 28, 17, 30)],  # noqa: DTZ001
            [2.0, RANGEES[1][1], "", "", "", "", ""],
            ["Total", "", "", 12500.5, "", "", ""],
            [""] * 7,
            ["Note.", *[""] * 6],
        ],
    ]


@pytest.mark.parametrize("ecrire", FORMATS)
def test_il_dit_son_nombre_de_rangees_meme_sans_rangee(ecrire):
    sortie = io.BytesIO()
    assert ecrire(sortie, [FEUILLE, Feuille("Vide", CHAMPS, [])]) == [2, 0]
    assert relu(ecrire, Feuille("Vide", CHAMPS, [])) == [[[champ.libelle for champ in CHAMPS]]]


def test_le_xlsx_a_des_cases_typees_un_en_tete_fige_un_filtre_et_des_formules():
    classeur = openpyxl.load_workbook(ecrit(ecrire_xlsx, SYNTHESE, FEUILLE))
    feuille = classeur.worksheets[1]
    assert (feuille.title, feuille.freeze_panes, feuille.auto_filter.ref) == ("L’axe 'un' de", "B2", "A1:G3")
    assert [(c.value, c.data_type, c.number_format) for c in feuille[2]] == [
        (1, "n", "0"),
        ("=HYPERLINK(1)", "s", "@"),
        ("00012345678901", "s", "@"),
        (12500.5, "n", "#,##0.00"),
        (13.25, "n", "0.00"),
        (datetime(2026, 6, 28), "d", "dd/mm/yyyy"),  # noqa: DTZ001 (un classeur n’a pas de fuseau)
        (datetime(2026, 4, 28, 17, 30), "d", "dd/mm/yyyy hh:mm"),  # noqa: DTZ001
    ]
    formules = [classeur.worksheets[0]["B2"], feuille["D4"]]
    assert [(c.value, c.data_type) for c in formules] == [
        ("=SUM('L’axe ''un'' de'!D2:D3)", "f"), ("=SUM(D2:D3)", "f"),
    ]  # fmt: skip


def test_l_ods_a_des_cases_typees_un_filtre_et_des_formules():
    document = load(ecrit(ecrire_ods, SYNTHESE, FEUILLE))
    synthese, feuille = document.getElementsByType(Table)
    _, ligne, *_ = feuille.getElementsByType(TableRow)
    types = [c.getAttrNS(OFFICENS, "value-type") for c in ligne.getElementsByType(TableCell)]
    assert types == ["float", "string", "string", "float", "float", "date", "date"]
    assert len(feuille.getElementsByType(TableHeaderRows)) == 1
    formules = [
        (c.getAttrNS(TABLENS, "formula"), c.getAttrNS(OFFICENS, "value"))
        for table in (synthese, feuille)
        for c in table.getElementsByType(TableCell)
        if c.getAttrNS(TABLENS, "formula")
    ]
    assert formules == [
        ("of:=SUM([$'L’axe ''un'' de'.D2:.D3])", "12500.50"),
        ("of:=SUM([.D2:.D3])", "12500.50"),
    ]
    filtres = [f.getAttrNS(TABLENS, "target-range-address") for f in document.getElementsByType(DatabaseRange)]
    assert filtres == ["'Synthèse'.A1:'Synthèse'.B2", "'L’axe ''un'' de'.A1:'L’axe ''un'' de'.G3"]


def test_l_ods_commence_par_son_type_nu_et_fige_ses_volets():
    with zipfile.ZipFile(ecrit(ecrire_ods, FEUILLE)) as archive:
        premier = archive.infolist()[0]
        assert (premier.filename, premier.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
        reglages = ET.fromstring(archive.read("settings.xml"))  # noqa: S314 (nous venons de l’écrire)
        for nom in ("styles.xml", "META-INF/manifest.xml"):
            ET.fromstring(archive.read(nom))  # noqa: S314
    config = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
    items = {item.get(f"{config}name"): item.text for item in reglages.iter(f"{config}config-item")}
    assert items == {
        "ViewId": "view1", "HorizontalSplitMode": "2", "HorizontalSplitPosition": "1", "PositionRight": "1",
        "VerticalSplitMode": "2", "VerticalSplitPosition": "1", "PositionBottom": "1", "ActiveSplitRange": "3",
    }  # fmt: skip


@pytest.mark.parametrize("ecrire", FORMATS)
@given(texte=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_tout_texte_se_relit_tel_quel(ecrire, texte):
    assert relu(ecrire, Feuille("F", [Champ("a"), Champ("b")], [[texte, "fin"]]))[0][1] == [texte, "fin"]


def test_un_caractere_de_commande_ne_casse_pas_l_ods():
    assert relu(ecrire_ods, Feuille("F", [Champ("a"), Champ("b")], [["x\x00\x0by\ufffe", "fin"]]))[0][1] == [
        "xy",
        "fin",
    ]


@pytest.mark.parametrize("ecrire", FORMATS)
def test_une_feuille_n_est_lue_qu_apres_celle_d_avant(ecrire):
    lues = []

    def rangees(nom: str) -> Iterator[list[object]]:
        for numero in range(PAR_LOT + 1):
            lues.append(nom)
            yield [numero]

    feuilles = [Feuille(nom, CHAMPS[:1], rangees(nom)) for nom in "ab"]
    assert ecrire(io.BytesIO(), feuilles) == [PAR_LOT + 1] * 2
    assert lues == ["a"] * (PAR_LOT + 1) + ["b"] * (PAR_LOT + 1)


@pytest.mark.parametrize(
    ("rangs", "nom"), [((0, 0), "A1"), ((24, 25), "Z25"), ((0, 26), "AA1"), ((4, 701), "ZZ5"), ((0, 702), "AAA1")]
)
def test_une_case_a_le_nom_que_lui_donne_un_tableur(rangs, nom):
    assert case(*rangs) == nom
