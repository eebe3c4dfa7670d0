"""Ce qui n’est pas un tableau, ou n’en est plus un, est refusé en clair."""

import zipfile

import pytest

from tests.socle.classeurs import ABIME, ILLISIBLE, PROTEGE, VIDE, archive, classeur, ods, refus


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
            "Ce fichier est une page web ou du XML : ouvrez-le dans votre tableur, puis enregistrez-le en XLSX, en "
            "ODS ou en CSV.",
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


@pytest.mark.parametrize(
    ("membres", "nature"),
    [
        ({"a.jpg": b"x"}, "une archive zip"),
        ({"[Content_Types].xml": b"<T/>", "word/document.xml": b"<d/>"}, "un document Word"),
        ({"[Content_Types].xml": b"<T/>", "ppt/presentation.xml": b"<d/>"}, "une présentation PowerPoint"),
        (
            {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<d/>"},
            "un document OpenDocument qui n’est pas un classeur",
        ),
    ],
)
def test_une_archive_qui_n_est_pas_un_classeur_dit_ce_qu_elle_est(tmp_path, membres, nature):
    remede = "éposez le tableau lui-même, en XLSX, ODS ou CSV."
    chemin = archive(tmp_path / "fichier.zip", **membres)
    assert refus(chemin) == f"Ce fichier est {nature} : d{remede}"
    assert refus(chemin, nom="Programme.XLSX") == (
        f"Ce fichier porte l’extension .xlsx mais n’est pas un classeur Excel : c’est {nature}. D{remede}"
    )


def test_un_classeur_d_un_autre_format_dit_comment_l_enregistrer(tmp_path):
    xlsb = archive(tmp_path / "e.xlsb", **{"[Content_Types].xml": b"<T/>", "xl/workbook.bin": b""})
    assert refus(xlsb) == "Ce fichier est un classeur XLSB : enregistrez-le en XLSX, en ODS ou en CSV."
    numbers = archive(tmp_path / "e.numbers", **{"Index/Document.iwa": b""})
    assert refus(numbers) == "Ce fichier est un document Numbers ou Pages : exportez le tableau en XLSX ou en CSV."
    sans_classeur = archive(tmp_path / "e.xlsx", **{"[Content_Types].xml": b"<T/>", "_rels/.rels": b"<R/>"})
    assert refus(sans_classeur) == ABIME


OUVRIR = "Ouvrez-le dans votre tableur, puis enregistrez-le en XLSX, en ODS ou en CSV."
PAS_EXCEL = "Ce fichier porte l’extension .{} mais n’est pas un classeur Excel : c’est "
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ANCIEN = "Ce fichier est un classeur Excel d’un ancien format (.xls) : enregistrez-le en XLSX, en ODS ou en CSV."


@pytest.mark.parametrize(
    ("nom", "contenu", "message"),
    [
        ("e.xlsx", b"numero;axe\n1;2\n", f"{PAS_EXCEL}du texte, peut-être un CSV renommé. {OUVRIR}"),
        ("e.xls", b"numero\taxe\n1\t2\n", f"{PAS_EXCEL}du texte, peut-être un CSV renommé. {OUVRIR}"),
        ("e.xlsx", "numero;axe\n".encode("utf-16"), f"{PAS_EXCEL}du texte, peut-être un CSV renommé. {OUVRIR}"),
        ("e.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00", f"{PAS_EXCEL}un fichier d’une autre nature. {OUVRIR}"),
        ("e.xls", b"\xef\xbb\xbf<html><table>", f"{PAS_EXCEL}une page web ou du XML. {OUVRIR}"),
        ("e.xlsx", "<html><table>".encode("utf-16"), f"{PAS_EXCEL}une page web ou du XML. {OUVRIR}"),
        ("e.xls", b'<?xml version="1.0"?><Workbook>', f"{PAS_EXCEL}une page web ou du XML. {OUVRIR}"),
        ("e.xlsx", b"%PDF-1.7", f"{PAS_EXCEL}un PDF. Déposez le tableau lui-même, en XLSX, ODS ou CSV."),
        ("e.xlsx", OLE + "Workbook".encode("utf-16-le"), ANCIEN),
        ("e.xls", OLE + "Book".encode("utf-16-le"), ANCIEN),
        (
            "e.xls",
            OLE + "WordDocument".encode("utf-16-le"),
            f"{PAS_EXCEL}un document Word d’un ancien format (.doc). "
            "Déposez le tableau lui-même, en XLSX, ODS ou CSV.",
        ),
        ("e.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), PROTEGE),
        (
            "e.ods",
            b"numero;axe\n1;2\n",
            "Ce fichier porte l’extension .ods mais n’est pas un classeur OpenDocument : c’est du texte, peut-être un "
            f"CSV renommé. {OUVRIR}",
        ),
    ],
)
def test_un_faux_classeur_dit_que_son_nom_trompe(ecrire, nom, contenu, message):
    assert refus(ecrire(contenu, nom)) == message.format(nom.rpartition(".")[2])
    assert refus(ecrire(contenu, "fichier"), nom=nom) == message.format(nom.rpartition(".")[2])


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
        "La feuille s’étend jusqu’à la ligne 1\u202f048\u202f576 et la colonne 16\u202f384 : un import accepte "
        "100\u202f000 lignes et "
        "500 colonnes au plus. Supprimez ce qui est écrit loin du tableau, puis recommencez."
    )


def test_une_ligne_ods_repetee_un_million_de_fois_est_refusee(tmp_path):
    chemin = ods(tmp_path / "b.ods", [(["numero"], 1), (["1"], 1_000_000)])
    assert refus(chemin) == (
        "La feuille s’étend jusqu’à la ligne 1\u202f000\u202f001 et la colonne 1 : un import accepte "
        "100\u202f000 lignes et 500 colonnes au plus. Supprimez ce qui est écrit loin du tableau, puis recommencez."
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
