"""Ouvrir un fichier XLSX, ODS ou CSV reconnu à son contenu."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

from config.socle.lecture.tableau import FichierIllisible, Ligne, est_erreur_de_calcul
from config.socle.lecture.tableur import empreinte, lire_tableau

REELS = Path(__file__).parents[1] / "donnees" / "imports-reels"


def lu(chemin, **options):
    tableau = lire_tableau(chemin, **options)
    return tableau.ligne_entetes, tableau.entetes, [(ligne.numero, ligne.cellules) for ligne in tableau.lignes()]


@pytest.fixture
def ecrire(tmp_path):
    def _ecrire(contenu, nom="essai.csv"):
        chemin = tmp_path / nom
        chemin.write_bytes(contenu)
        return chemin

    return _ecrire


def refus(chemin, **options):
    with pytest.raises(FichierIllisible) as erreur:
        list(lire_tableau(chemin, **options).lignes())
    return str(erreur.value)


# --- CSV ---------------------------------------------------------------------------------------------------
ATTENDU = (1, ("Numéro", "Intitulé", "Coût"), [(2, ("1", "Café ; thé", "1 234,50 €")), (4, ("2", "Été", None))])
TEXTE = 'Numéro{s}Intitulé{s}Coût\r\n1{s}"Café ; thé"{s}"1 234,50 €"\r\n\r\n2{s}Été{s}\r\n'


@pytest.mark.parametrize("separateur", [";", ",", "\t"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_un_csv_se_lit_dans_tous_ses_encodages_et_separateurs(ecrire, separateur, encodage):
    assert lu(ecrire(TEXTE.format(s=separateur).encode(encodage))) == ATTENDU


def test_un_bom_utf8_devant_un_corps_windows_1252_se_lit(ecrire):
    assert lu(ecrire(b"\xef\xbb\xbf" + TEXTE.format(s=";").encode("cp1252"))) == ATTENDU


def test_le_contenu_compte_et_non_l_extension(ecrire):
    assert lu(ecrire(TEXTE.format(s=";").encode(), "programme.xlsx")) == ATTENDU


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
def classeur(chemin, cellules, **autres_feuilles):
    livre = Workbook()
    for adresse, valeur in cellules.items():
        livre.active[adresse] = valeur
    for nom, contenu in autres_feuilles.items():
        feuille = livre.create_sheet(nom)
        for adresse, valeur in contenu.items():
            feuille[adresse] = valeur
    livre.save(chemin)
    return chemin


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


def ods(chemin, rangees, fin=None):
    document = OpenDocumentSpreadsheet()
    table = Table(name="Feuille1")
    for rangee, fois in rangees:
        ligne = TableRow(numberrowsrepeated=fois) if fois > 1 else TableRow()
        for texte in rangee:
            cellule = TableCell(valuetype="string")
            cellule.addElement(P(text=texte))
            ligne.addElement(cellule)
        ligne.addElement(TableCell(numbercolumnsrepeated=16_000))
        table.addElement(ligne)
    if fin:
        vide = TableRow(numberrowsrepeated=fin)
        vide.addElement(TableCell(numbercolumnsrepeated=16_384))
        table.addElement(vide)
    document.spreadsheet.addElement(table)
    document.save(chemin)
    return chemin


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


def test_les_erreurs_de_calcul_d_un_xlsx_gardent_leur_place_et_leur_feuille(tmp_path):
    chemin = classeur(
        tmp_path / "e.xlsx",
        {"A1": "#REF!", "C3": "#NAME?"},
        Programme={"C2": "numero", "D2": "axe", "C3": "=1/1", "D3": "#N/A", "D5": "#DIV/0!", "E5": "Err:502"},
    )
    lue = lu(chemin, attendues={"numero", "axe"})
    assert lue == (2, ("numero", "axe"), [(3, (None, "#N/A", None)), (5, (None, "#DIV/0!", "Err:502"))])


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
    monkeypatch.setattr("config.socle.lecture.erreurs_de_calcul.ERREURS_DE_CALCUL_MAXIMUM", 1)
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


# --- Refus -------------------------------------------------------------------------------------------------
VIDE = "Le fichier est vide : il n’y a ni ligne d’en-têtes ni donnée."
ABIME = (
    "Le fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis recommencez."
)
PROTEGE = "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."
ILLISIBLE = "Le fichier n’est ni un classeur ni du texte lisible : enregistrez-le en XLSX, en ODS ou en CSV (UTF-8)."


@pytest.mark.parametrize(
    ("contenu", "message"),
    [
        (b"", VIDE),
        (b"\n;;\n  \n", VIDE),
        (b"1;2\n3;4\n", "La ligne 1 devrait porter les noms des colonnes : le fichier n’a pas de ligne d’en-têtes."),
        (b"a;b\n1;\x00\n", ILLISIBLE),
        (b"a;b\x81\n1;2\n", ILLISIBLE),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ILLISIBLE),
        (b"%PDF-1.7\n", "Ce fichier est un PDF : déposez le tableau lui-même, en XLSX, ODS ou CSV."),
        (
            b"\n<html><table>",
            "Ce fichier est une page web ou du XML : enregistrez-le en XLSX, en ODS ou en CSV.",
        ),
        (b"PK\x03\x04tronque", ABIME),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Workbook",
            "Ce fichier est un classeur ou un document d’un ancien format : enregistrez-le en XLSX, en ODS ou en CSV.",
        ),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), PROTEGE),
        (
            b'a;b\n1;2\n3;"ouvert\n4;5\n',
            "Ligne 3 : guillemets mal fermés ou mal placés, ou cellule de plus de 131 072 caractères. "
            'Un texte entre guillemets double les siens (« "" ») et le guillemet fermant touche le séparateur.',
        ),
        (
            ";".join(f"c{i}" for i in range(501)).encode(),
            "Le tableau a 501 colonnes : un import en accepte 500 au plus.",
        ),
    ],
)
def test_un_fichier_illisible_est_refuse_en_clair(ecrire, contenu, message):
    assert refus(ecrire(contenu)) == message


def test_un_fichier_absent_est_refuse(tmp_path):
    assert refus(tmp_path / "rien.csv") == "Le fichier « rien.csv » n’existe pas ou ne peut pas être ouvert."


def test_un_classeur_vide_est_refuse(tmp_path):
    assert refus(classeur(tmp_path / "vide.xlsx", {})) == VIDE


def test_un_classeur_tronque_est_refuse(tmp_path):
    entier = classeur(tmp_path / "entier.xlsx", {"A1": "numero"}).read_bytes()
    (tmp_path / "tronque.xlsx").write_bytes(entier[: len(entier) // 2])
    assert refus(tmp_path / "tronque.xlsx") == ABIME


def archive(chemin, **membres):
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as sortie:
        for nom, contenu in membres.items():
            sortie.writestr(nom, contenu)
    return chemin


def test_une_archive_quelconque_est_refusee(tmp_path):
    chemin = archive(tmp_path / "photos.zip", **{"a.jpg": b"x"})
    assert refus(chemin) == "Ce fichier n’est pas un tableau : déposez un classeur XLSX ou ODS, ou un fichier CSV."


def test_un_ods_chiffre_est_refuse(tmp_path):
    chemin = archive(
        tmp_path / "e.ods",
        **{
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"<office:document-content/>",
            "META-INF/manifest.xml": b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>",
        },
    )
    assert refus(chemin) == PROTEGE


def test_une_bombe_est_refusee_avant_d_etre_decompressee(tmp_path):
    chemin = archive(tmp_path / "b.xlsx", **{"xl/workbook.xml": b"<a/>", "xl/b.xml": b" " * (101 * 1024 * 1024)})
    assert chemin.stat().st_size < 200_000
    assert refus(chemin) == "Le classeur décompressé dépasse 100 Mio : découpez-le en plusieurs fichiers."


def test_une_bombe_qui_ment_sur_sa_taille_est_refusee(tmp_path):
    chemin = archive(tmp_path / "b.xlsx", **{"xl/workbook.xml": b"<a/>", "xl/b.xml": b" " * (101 * 1024 * 1024)})
    vraie, fausse = (101 * 1024 * 1024).to_bytes(4, "little"), (10).to_bytes(4, "little")
    octets = chemin.read_bytes()
    assert octets.count(vraie) == 2
    chemin.write_bytes(octets.replace(vraie, fausse))
    assert refus(chemin) == "Le classeur décompressé dépasse 100 Mio : découpez-le en plusieurs fichiers."


def test_une_cellule_ecrite_au_bout_de_la_feuille_est_refusee(tmp_path):
    chemin = classeur(tmp_path / "loin.xlsx", {"A1": "numero", "XFD1048576": "perdue"})
    assert refus(chemin) == (
        "La feuille s’étend jusqu’à la ligne 1048576 et la colonne 16384 : un import accepte 100000 lignes et "
        "500 colonnes au plus. Supprimez ce qui est écrit loin du tableau, puis recommencez."
    )


def test_une_ligne_ods_repetee_un_million_de_fois_est_refusee(tmp_path):
    chemin = ods(tmp_path / "b.ods", [(["numero"], 1), (["1"], 1_000_000)])
    assert refus(chemin) == (
        "La feuille s’étend jusqu’à la ligne 1000001 et la colonne 1 : un import accepte 100000 lignes et "
        "500 colonnes au plus. Supprimez ce qui est écrit loin du tableau, puis recommencez."
    )


@pytest.mark.parametrize(
    "feuille",
    [
        b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData>",  # le lecteur tournerait sans fin
        b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>',
        b'<worksheet><sheetData><row><c r="?1"><v>1</v></c></row></sheetData></worksheet>',
        b"\x00\x01",
    ],
)
def test_un_classeur_au_xml_douteux_est_refuse(tmp_path, feuille):
    sain = classeur(tmp_path / "sain.xlsx", {"A1": "numero"})
    douteux = tmp_path / "douteux.xlsx"
    with zipfile.ZipFile(sain) as entree, zipfile.ZipFile(douteux, "w") as sortie:
        for nom in entree.namelist():
            sortie.writestr(nom, feuille if nom == "xl/worksheets/sheet1.xml" else entree.read(nom))
    assert refus(douteux) == ABIME


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
