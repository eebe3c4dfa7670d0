"""Le nom d’un fichier rendu sûr, son type lu dans ses octets."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle.fichiers.contenu import type_du_contenu
from config.socle.fichiers.noms import LONGUEUR_DU_NOM, nom_sur
from tests.projets.fabriques import PDF_D_ESSAI


def archive(**entrees: str) -> BytesIO:
    fichier = BytesIO()
    with ZipFile(fichier, "w") as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), contenu)
    return fichier


DOCX = {"[Content_Types].xml": "", "word/document.xml": ""}


@pytest.mark.parametrize(
    ("recu", "rendu"),
    [
        ("règlement 2027.pdf", "règlement 2027.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Mes documents\statuts.PDF", "statuts.PDF"),
        ("a\r\nContent-Type: text.pdf", "aContent-Type text.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("...", "fichier"),
        (".pdf", "fichier.pdf"),
        ("", "fichier"),
    ],
)
def test_le_nom_perd_son_chemin_et_ses_pieges(recu, rendu):
    assert nom_sur(recu) == rendu


@given(st.text(max_size=300))
def test_un_nom_sur_tient_dans_la_colonne_et_le_reste_une_seconde_fois(nom):
    rendu = nom_sur(nom)
    assert 1 <= len(rendu) <= LONGUEUR_DU_NOM
    assert nom_sur(rendu) == rendu
    assert not set(rendu) & set('/\\<>:"|?*\r\n\0')


@pytest.mark.parametrize(
    ("fichier", "attendu"),
    [
        (BytesIO(PDF_D_ESSAI), "pdf"),
        (BytesIO(b"%PDF-1.7 coupe"), None),
        (BytesIO(b"MZ\x90\x00"), None),
        (BytesIO(b""), None),
        (BytesIO(b"\xff\xd8\xff\xe0rien"), "jpg"),
        (BytesIO(b"\x89PNG\r\n\x1a\nrien"), "png"),
        (BytesIO(b"<html><script>"), None),
        (BytesIO(b"PK\x03\x04coupe"), None),
        (archive(**DOCX), "docx"),
        (archive(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "xlsx"),
        (archive(**DOCX, **{"word/vbaProject.bin": ""}), "docx"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "odt"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (archive(mimetype="a" * 200), None),
        (archive(quelconque=""), None),
        (archive(**{f"{n}": "" for n in range(5001)}), None),
    ],
)
def test_le_type_se_lit_dans_le_contenu_et_le_fichier_revient_au_debut(fichier, attendu):
    assert (type_du_contenu(fichier), fichier.tell()) == (attendu, 0)
