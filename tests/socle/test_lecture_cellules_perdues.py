"""Une cellule que le lecteur de classeurs rendrait vide garde sa place et dit ce qu’elle porte."""

import zipfile

import pytest
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from xlsxwriter import Workbook as WorkbookSansCalcul

from config.socle.lecture.cellules import ValeurRefusee, refuser_sans_valeur
from config.socle.lecture.cellules_perdues import CHEVAUCHEMENT
from config.socle.lecture.tableau import CelluleFusionnee, FormuleSansResultat, est_erreur_de_calcul
from tests.socle.classeurs import archive, classeur, lu, refus

A_RECALCULER = "ouvrez le classeur dans votre tableur, enregistrez-le, puis recommencez"


def test_les_erreurs_de_calcul_d_un_xlsx_gardent_leur_place_et_leur_feuille(tmp_path):
    chemin = classeur(
        tmp_path / "e.xlsx",
        {"A1": "#REF!", "C3": "#NAME?"},
        Programme={"C2": "numero", "D2": "axe", "C3": "=1/1", "D3": "#N/A", "D5": "#DIV/0!", "E5": "Err:502"},
    )
    lue = lu(chemin, attendues={"numero", "axe"})
    assert lue == (2, ("numero", "axe"), [(3, ("=1/1", "#N/A", None)), (5, (None, "#DIV/0!", "Err:502"))])


def test_les_erreurs_de_calcul_repetees_d_un_ods_remplissent_toutes_leurs_cellules(tmp_path):
    erreur = (
        '<table:table-cell table:number-columns-repeated="2" table:formula="of:=1/0" office:value-type="string" '
        'office:string-value="" calcext:value-type="error"><office:annotation><text:p>Voir</text:p>'
        "</office:annotation><text:p>#DIV/0!</text:p></table:table-cell>"
    )
    texte = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    espaces = " ".join(f'xmlns:{nom}="urn:{nom}"' for nom in ("office", "table", "text", "calcext"))
    contenu = (
        f"<office:document-content {espaces}><office:body><office:spreadsheet>"
        '<table:table table:name="Vide"/><table:table table:name="P"><table:table-row table:number-rows-repeated="2"/>'
        f"<table:table-row><table:table-cell/>{''.join(map(texte.format, 'abc'))}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/>'
        f"{texte.format(1)}{erreur}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    chemin = archive(
        tmp_path / "e.ods",
        **{
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": contenu.encode(),
            "META-INF/manifest.xml": b"<manifest/>",
        },
    )
    faute = "#DIV/0!"
    assert lu(chemin, attendues={"a", "b"}) == (
        3,
        ("a", "b", "c"),
        [(4, ("1", faute, faute)), (5, ("1", faute, faute))],
    )


def test_un_classeur_plein_d_erreurs_de_calcul_est_refuse(tmp_path, monkeypatch):
    monkeypatch.setattr("config.socle.lecture.cellules_perdues.PERDUES_MAXIMUM", 1)
    chemin = classeur(tmp_path / "e.xlsx", {"A1": "numero", "A2": "#REF!", "A3": "#REF!"})
    assert refus(chemin) == (
        "Le classeur a plus de 1 cellules en erreur de calcul (#REF!) : corrigez-les, puis recommencez."
    )


@pytest.mark.parametrize(
    ("texte", "est_erreur"),
    [
        *((t, True) for t in ("#N/A", "#n/a", "#N/D", "#DIV/0!", "#REF!", "#NOM?", "#VALEUR !", "#NOMBRE!", "#NUL!")),
        *((t, True) for t in ("Err:502", "Err :504", "Erreur : 522", "#####", "#PROPAGATION!", "#GETTING_DATA")),
        *((t, False) for t in ("", "#12", "# Titre", "#emploi", "Erreur", "N/A", "Action #N/A", "C# !", None, 12)),
    ],
)
def test_une_erreur_de_calcul_se_reconnait_a_son_texte(texte, est_erreur):
    assert est_erreur_de_calcul(texte) is est_erreur


# --- Formules dont le résultat n’est pas enregistré ---------------------------------------------------------
def remplacer_la_feuille(chemin, cellules, calcul=""):
    """Le classeur, dont la feuille ne porte que ces cellules et où le classeur dit `calcul` (`calcPr`)."""
    sain = classeur(chemin.with_suffix(".sain"), {"A1": "numero"})
    with zipfile.ZipFile(sain) as entree, zipfile.ZipFile(chemin, "w") as sortie:
        for nom in entree.namelist():
            octets = entree.read(nom)
            if nom == "xl/worksheets/sheet1.xml":
                octets = f"<worksheet {XMLNS}><sheetData>{cellules}</sheetData></worksheet>".encode()
            elif nom == "xl/workbook.xml":
                debut, _, fin = octets.decode().partition("<calcPr ")
                octets = f"{debut}{calcul}{fin.partition('/>')[2]}".encode()
            sortie.writestr(nom, octets)
    return chemin


XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ENTETES = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{c.lower()}</t></is></c>' for c in "ABC")


@pytest.mark.parametrize(
    ("cellule", "attendue"),
    [
        ('<c r="B2"><f>A2*1.2</f><v></v></c>', FormuleSansResultat("=A2*1.2")),
        ('<c r="B2"><f>A2*1.2</f><v/></c>', FormuleSansResultat("=A2*1.2")),
        ('<c r="B2"><f>A2*1.2</f><v> </v></c>', FormuleSansResultat("=A2*1.2")),
        ('<c r="B2"><f>A2*1.2</f></c>', FormuleSansResultat("=A2*1.2")),
        ("<c><f>A2*1.2</f></c>", FormuleSansResultat("=A2*1.2")),
        ('<c r="B2" t="str"><f>A2</f></c>', FormuleSansResultat("=A2")),
        ('<c r="B2" t="b"><f>TRUE()</f></c>', FormuleSansResultat("=TRUE()")),
        ('<c r="B2" t="e"><f>1/0</f></c>', FormuleSansResultat("=1/0")),
        ('<c r="B2"><v>4</v><f>2+2</f></c>', FormuleSansResultat("=2+2")),
        ('<c r="B2"><f t="shared" si="0"/></c>', FormuleSansResultat("(formule recopiée)")),
        ('<c r="B2"><f t="shared" ref="B2:B3" si="0">A2*2</f></c>', FormuleSansResultat("=A2*2")),
        ('<c r="B2" t="str"><f>IF(A2="","",1)</f><v></v></c>', None),
        ('<c r="B2" t="str"><f>A2</f><v>texte</v></c>', "texte"),
        ('<c r="B2"><f>A2*1.2</f><v>12.5</v></c>', 12.5),
        ('<c r="B2"><f t="shared" si="0"/><v>0</v></c>', 0.0),
        ('<c r="B2" t="e"/>', "#ERREUR!"),
        ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
    ],
)
def test_une_formule_xlsx_sans_resultat_n_est_pas_une_cellule_vide(tmp_path, cellule, attendue):
    suite = '<c r="C2"><v>3</v></c>'
    rangees = f'<row r="1">{ENTETES}</row><row r="2"><c r="A2"><v>1</v></c>{cellule}{suite}</row>'
    chemin = remplacer_la_feuille(tmp_path / "e.xlsx", rangees)
    ((_, cellules),) = lu(chemin)[2]
    assert (cellules, type(cellules[1])) == ((1.0, attendue, 3.0), type(attendue))


def test_une_formule_matricielle_sans_resultat_couvre_toute_sa_plage(tmp_path):
    livre = Workbook()
    for rangee in (["a", "b", "c"], [1, 2, 3], [4, None, None], [5, None, None]):
        livre.active.append(rangee)
    livre.active["B3"] = ArrayFormula("B3:C4", "=A3:A4*2")
    livre.save(tmp_path / "e.xlsx")
    matrice = "=A3:A4*2"
    assert lu(tmp_path / "e.xlsx")[2] == [(2, (1, 2, 3)), (3, (4, matrice, matrice)), (4, (5, matrice, matrice))]


@pytest.mark.parametrize("calcul", ['<calcPr fullCalcOnLoad="1"/>', '<calcPr calcId="1" fullCalcOnLoad="true"/>'])
def test_un_classeur_a_recalculer_n_a_pas_de_resultats(tmp_path, calcul):
    rangees = f'<row r="1">{ENTETES}</row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f><v>0</v></c></row>'
    assert lu(remplacer_la_feuille(tmp_path / "e.xlsx", rangees, calcul))[2] == [(2, (1.0, "=A2*2", None))]
    sain = remplacer_la_feuille(tmp_path / "f.xlsx", rangees, '<calcPr calcId="191029" fullCalcOnLoad="0"/>')
    assert lu(sain)[2] == [(2, (1.0, 0.0, None))]


def test_les_zeros_qu_un_programme_met_a_la_place_des_resultats_ne_sont_pas_crus(tmp_path):
    with WorkbookSansCalcul(tmp_path / "e.xlsx") as livre:
        feuille = livre.add_worksheet()
        feuille.write_row(0, 0, ["a", "b"])
        feuille.write_row(1, 0, [1, "=A2*2"])
    assert lu(tmp_path / "e.xlsx")[2] == [(2, (1.0, "=A2*2"))]


def test_une_derniere_ligne_faite_de_formules_ne_disparait_pas(tmp_path):
    chemin = classeur(tmp_path / "e.xlsx", {"A1": "a", "B1": "b", "A2": 1, "B2": 2, "A4": "=A2", "B4": "=B2"})
    assert lu(chemin)[2] == [(2, (1.0, 2.0)), (4, ("=A2", "=B2"))]


def test_une_formule_dans_les_entetes_est_refusee(tmp_path):
    chemin = classeur(tmp_path / "e.xlsx", {"A1": "numero", "B1": '="montant_"&2016', "A2": 1})
    message = (
        "La ligne d’en-têtes (ligne 1) porte une formule dont le résultat n’est pas enregistré "
        f'(="montant_"&2016) : {A_RECALCULER}.'
    )
    assert refus(chemin) == message
    assert refus(classeur(tmp_path / "f.xlsx", {"A1": "=1+1"})) == message.replace('="montant_"&2016', "=1+1")


def test_un_classeur_plein_de_formules_sans_resultat_est_refuse(tmp_path, monkeypatch):
    monkeypatch.setattr("config.socle.lecture.cellules_perdues.PERDUES_MAXIMUM", 1)
    chemin = classeur(tmp_path / "e.xlsx", {"A1": "numero", "A2": "=1", "A3": "=2"})
    assert refus(chemin) == (
        "Le classeur a plus de 1 formules dont le résultat n’est pas enregistré : ouvrez-le dans votre tableur, "
        "enregistrez-le, puis recommencez."
    )


def test_une_matrice_sans_fin_est_refusee(tmp_path):
    rangees = f'<row r="1">{ENTETES}</row><row r="2"><c r="A2"><f t="array" ref="A2:XFD1048576">B2</f></c></row>'
    assert refus(remplacer_la_feuille(tmp_path / "e.xlsx", rangees)).startswith(
        "La feuille s’étend jusqu’à la ligne 1\u202f048\u202f576 et la colonne 16\u202f384 : un import accepte"
    )


def test_le_refus_d_une_formule_dit_quoi_faire():
    with pytest.raises(ValeurRefusee) as refusee:
        refuser_sans_valeur(FormuleSansResultat("=A1"))
    assert refusee.value.attendu == (
        "un résultat : cette cellule porte une formule dont le résultat n’est pas enregistré ; " + A_RECALCULER
    )
    refuser_sans_valeur("=A1")  # un texte, tel que le porte un CSV


def cellule_ods(texte="", note="", **attributs):
    cellule = TableCell(**attributs)
    if note:
        annotation = Annotation()
        annotation.addElement(P(text=note))
        cellule.addElement(annotation)
    if texte:
        cellule.addElement(P(text=texte))
    return cellule


@pytest.mark.parametrize(
    ("cellule", "attendue"),
    [
        ({"formula": "of:=[.A2]*2"}, FormuleSansResultat("=[.A2]*2")),
        ({"formula": "of:=[.A2]*2", "texte": "2"}, FormuleSansResultat("=[.A2]*2")),
        ({"formula": "of:=[.A2]*2", "valuetype": "float"}, FormuleSansResultat("=[.A2]*2")),
        ({"formula": "of:=[.A2]", "valuetype": "date"}, FormuleSansResultat("=[.A2]")),
        ({"formula": "of:=[.A2]*2", "note": "à vérifier"}, FormuleSansResultat("=[.A2]*2")),
        ({"formula": "of:=[.A2]*2", "valuetype": "float", "value": "2", "texte": "2"}, 2.0),
        ({"formula": "of:=[.A2]*2", "valuetype": "float", "value": "0", "texte": "0 €"}, 0.0),
        ({"formula": 'of:=""', "valuetype": "string", "stringvalue": ""}, None),
        ({"formula": 'of:=""', "valuetype": "string"}, None),
        ({"formula": "of:=[.A2]", "valuetype": "string", "texte": "abc"}, "abc"),
        ({"texte": "12 345,67 €"}, "12 345,67 €"),
        ({"valuetype": "float", "texte": "12"}, "12"),
        ({"note": "à vérifier"}, None),
        ({}, None),
    ],
)
def test_une_cellule_ods_sans_valeur_dit_ce_qu_elle_porte(tmp_path, cellule, attendue):
    document = OpenDocumentSpreadsheet()
    table = Table(name="Feuille1")
    entetes, rangee = TableRow(), TableRow()
    for nom in "abc":
        entetes.addElement(cellule_ods(nom, valuetype="string"))
    for posee in (cellule_ods("x", valuetype="string"), cellule_ods(**cellule), cellule_ods("z", valuetype="string")):
        rangee.addElement(posee)
    table.addElement(entetes)
    table.addElement(rangee)
    document.spreadsheet.addElement(table)
    document.save(tmp_path / "e.ods")
    ((_, cellules),) = lu(tmp_path / "e.ods")[2]
    assert (cellules, type(cellules[1])) == (("x", attendue, "z"), type(attendue))


# --- Cellules fusionnées -----------------------------------------------------------------------------------
def fusionner(chemin, cellules, *plages):
    livre = Workbook()
    for adresse, valeur in cellules.items():
        livre.active[adresse] = valeur
    for plage in plages:
        livre.active.merge_cells(plage)
    livre.save(chemin)
    return chemin


def test_une_cellule_couverte_par_une_fusion_se_dit(tmp_path):
    cellules = {"B1": "a", "C1": "b", "D1": "c", "B2": 1, "C2": 2, "D2": 3, "B3": 4, "B4": 5, "C4": 6, "D4": 7}
    chemin = fusionner(tmp_path / "e.xlsx", cellules, "C2:D3")
    avec = CelluleFusionnee("(fusionnée avec C2)")
    lignes = lu(chemin)[2]
    assert lignes == [(2, (1, 2, avec)), (3, (4, avec, avec)), (4, (5, 6, 7))]
    assert [type(c) for c in lignes[1][1]] == [float, CelluleFusionnee, CelluleFusionnee]


def test_une_fusion_n_ajoute_ni_ligne_ni_entete(tmp_path):
    cellules = {"A1": "a", "C1": "c", "A2": 1, "C2": 2, "A4": 3, "C4": 4}
    chemin = fusionner(tmp_path / "e.xlsx", cellules, "A1:B1", "A2:A3", "C2:C3", "AA7:AB9")
    assert lu(chemin) == (1, ("a", "", "c"), [(2, (1, None, 2)), (4, (3, None, 4))])


def test_des_fusions_qui_se_chevauchent_sont_refusees(tmp_path, monkeypatch):
    monkeypatch.setattr("config.socle.lecture.cellules_perdues.COLONNES_MAXIMUM", 3)
    chevauchees = "".join(f'<mergeCell ref="A2:C{fin}"/>' for fin in range(3, 9))
    rangees = (
        f'<row r="1">{ENTETES}</row><row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="C3"><v>1</v></c></row>'
    )
    chemin = remplacer_la_feuille(
        tmp_path / "e.xlsx", f"{rangees}</sheetData><mergeCells>{chevauchees}</mergeCells><sheetData>"
    )
    assert refus(chemin) == CHEVAUCHEMENT


def test_un_classeur_plein_de_fusions_est_refuse(tmp_path, monkeypatch):
    monkeypatch.setattr("config.socle.lecture.cellules_perdues.PERDUES_MAXIMUM", 1)
    assert refus(fusionner(tmp_path / "e.xlsx", {"A1": "a"}, "A2:A3", "B2:B3")) == (
        "Le classeur a plus de 1 fusions de cellules : défusionnez-les, puis recommencez."
    )


def test_le_refus_d_une_cellule_fusionnee_dit_quoi_faire():
    with pytest.raises(ValeurRefusee) as refusee:
        refuser_sans_valeur(CelluleFusionnee("(fusionnée avec C2)"))
    assert refusee.value.attendu == (
        "une valeur dans chaque cellule : celle-ci est couverte par une fusion ; défusionnez, puis écrivez la valeur "
        "de chaque ligne"
    )


def test_une_fusion_ods_se_dit_aussi(tmp_path):
    document = OpenDocumentSpreadsheet()
    table = Table(name="Feuille1")
    for rangee in ("abc", ("1", TableCell(valuetype="string", numberrowsspanned=2, numbercolumnsspanned=2)), "2"):
        posee = TableRow()
        for valeur in rangee:
            cellule = TableCell(valuetype="string") if isinstance(valeur, str) else valeur
            cellule.addElement(P(text=valeur if isinstance(valeur, str) else "fusion"))
            posee.addElement(cellule)
        for _ in range(3 - len(rangee)):
            posee.addElement(CoveredTableCell())
        table.addElement(posee)
    document.spreadsheet.addElement(table)
    document.save(tmp_path / "e.ods")
    avec = "(fusionnée avec B2)"
    assert lu(tmp_path / "e.ods")[2] == [(2, ("1", "fusion", avec)), (3, ("2", avec, avec))]
