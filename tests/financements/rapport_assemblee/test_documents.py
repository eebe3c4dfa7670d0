"""Le PDF et l’ODT relus : balisés, mêmes totaux au centime, et rien du texte saisi n’y est évalué."""

import re
import zipfile
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from odf import teletype
from odf.namespaces import OFFICENS
from odf.opendocument import load
from odf.table import Table, TableCell, TableHeaderRows, TableRow
from odf.text import H, P
from pypdf import PdfReader

from config.socle.montants import format_nombre
from config.socle.texte_odt import Colonne, Rangee, TexteOdt
from financements.actions.rapport_assemblee.rediger import rapport_de
from financements.chiffres.rapport_assemblee.contenu import lire_le_contenu
from financements.pdf.assemblee import STYLE
from financements.pdf.document import imprimer
from financements.rules.modele_du_rapport import TEXTE
from tests.financements.rapport_assemblee.fabriques import adopte, imputer, produit, redige

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
MECHANT = "<b>Gras</b> & {{ appel }}\n\n- un\n- deux\x0b"


@pytest.fixture
def document(monde):
    adopte(monde)
    imputer(monde, 1, montant_autorise=Decimal("27000.00"))
    redige(monde, f"{TEXTE}\n\n## Note\n\n{MECHANT}")
    return produit(monde)


def lu(fichier) -> BytesIO:
    with fichier.open("rb") as ouvert:
        return BytesIO(ouvert.read())


def texte_du_pdf(document) -> str:
    pages = PdfReader(lu(document.pdf)).pages
    return " ".join(" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in pages)


def tableaux(document) -> dict[str, list[list[str]]]:
    """Légende → rangées, chaque case en texte (le nombre tel quel s’il est typé)."""
    odt = load(lu(document.odt))
    legendes = [teletype.extractText(p) for p in odt.getElementsByType(P) if p.getAttribute("stylename") == "Legende"]
    return {
        legende: [
            [
                cellule.getAttrNS(OFFICENS, "value") or teletype.extractText(cellule)
                for cellule in rangee.getElementsByType(TableCell)
            ]
            for rangee in tableau.getElementsByType(TableRow)
        ]
        for legende, tableau in zip(legendes, odt.getElementsByType(Table), strict=True)
    }


def test_le_pdf_est_balise_et_dit_tout(document):
    lecteur = PdfReader(lu(document.pdf))
    racine = lecteur.trailer["/Root"]
    assert bool(racine["/MarkInfo"]["/Marked"])
    assert ("/StructTreeRoot" in racine, racine["/Lang"], len(lecteur.pages)) == (True, "fr", document.pages)
    pages = [(int(p.mediabox.width), int(p.mediabox.height)) for p in lecteur.pages]
    assert (pages[0], pages[-1]) == ((595, 841), (841, 595))
    texte = texte_du_pdf(document)
    for attendu in (
        "Rapport n° 4",
        "Séance du 13 juin 2016",
        "2 projets, portés par 2 organismes, pour un montant total de 27 300,03 €",
        "<b>Gras</b> & Insertion 2016-2018",
        "9356-561 / 6574",
        "27 000,00 € 0,00 € 27 000,00 € 27 000,00 € 0,00 €",
        "Part de ce territoire : 66,67 % (aussi : Valenciennois)",
        "Sous-total Douaisis 66,68 € 66,68 € 66,68 € 200,04 €",
        "Avis défavorable : Motif.",
        "Total 9 100,01 € 9 100,01 € 9 100,01 € 27 300,03 €",
    ):
        assert attendu in texte, attendu


def test_l_odt_a_les_memes_chiffres_que_le_pdf_et_que_le_scenario(document):
    lus, texte = tableaux(document), texte_du_pdf(document)
    contenu = lire_le_contenu(rapport_de(document.scenario.appel), document.scenario)
    assert lus["Total du rapport"][1] == ["Total", "9100.01", "9100.01", "9100.01", "27300.03"]
    assert lus["Engagements par imputation"][1] == [
        "9356-561 / 6574\nSubventions aux associations (2016-2018)",
        "27000.00",
        "0.00",
        "27000.00",
        "27000.00",
        "0.00",
    ]
    lignes = [rangees[1:-1] for legende, rangees in lus.items() if re.fullmatch(r"Axe \d, .*", legende)]
    proposes = [Decimal(rangee[-2]) for rangees in lignes for rangee in rangees]
    assert sum(proposes) == document.total == Decimal(contenu.annexe.total) / 100
    cases = [case for rangees in lus.values() for rangee in rangees for case in rangee]
    ecrits = {case for case in cases if re.fullmatch(r"-?\d+\.\d\d", case)}
    absents = [m for m in sorted(ecrits) if format_nombre(Decimal(m), 2).replace("\u202f", " ") not in texte]
    assert absents == []


def test_l_odt_se_rouvre_avec_ses_titres_ses_en_tetes_et_sa_langue(document):
    fichier = lu(document.odt)
    with zipfile.ZipFile(fichier) as archive:
        premier = archive.infolist()[0]
        assert (premier.filename, premier.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        for nom in archive.namelist()[1:]:
            ET.fromstring(archive.read(nom))  # noqa: S314 (nous venons de l’écrire)
        assert b'fo:language="fr"' in archive.read("styles.xml")
    odt = load(fichier)
    titres = [(h.getAttribute("outlinelevel"), teletype.extractText(h)) for h in odt.getElementsByType(H)]
    assert [(str(niveau), titre) for niveau, titre in titres if "Annexe" in titre] == [
        ("1", "Annexe 1. Imputation budgétaire"),
        ("1", "Annexe 2. Subventions proposées, par axe et territoire"),
        ("1", "Annexe 3. Liste d’attente"),
        ("1", "Annexe 4. Projets non retenus"),
    ]
    assert len(odt.getElementsByType(TableHeaderRows)) == len(odt.getElementsByType(Table))
    assert "<b>Gras</b> & Insertion 2016-2018" in {teletype.extractText(p) for p in odt.getElementsByType(P)}


def test_une_case_odt_garde_ses_espaces_et_ses_nombres(tmp_path):
    odt = TexteOdt('Un "titre" & co', "Auteur")
    colonnes = [Colonne("A", 20), Colonne("B", 20, est_nombre=True)]
    odt.tableau("L", colonnes, [Rangee(["a  b\n<c>\x00", Decimal("-1234.50")]), Rangee([None, 3], est_forte=True)])
    odt.enregistrer(tmp_path / "t.odt")
    relu = load(str(tmp_path / "t.odt"))
    cases = [
        (cellule.getAttrNS(OFFICENS, "value"), teletype.extractText(cellule))
        for rangee in relu.getElementsByType(TableRow)[1:]
        for cellule in rangee.getElementsByType(TableCell)
    ]
    assert cases == [(None, "a  b\n<c>"), ("-1234.50", "−1\u202f234,50"), (None, ""), ("3", "3")]
    assert "Un &quot;titre&quot; &amp; co" in zipfile.ZipFile(tmp_path / "t.odt").read("meta.xml").decode()


def test_une_ligne_pleine_ne_laisse_pas_son_dernier_mot_seul(tmp_path):
    """WeasyPrint 70 coupe mal une ligne pleine quand une espace précède la fin du paragraphe."""
    phrase = (
        "Le Département du Nord a lancé l’appel à projets « Insertion des allocataires du RSA 2016-2018, rejoué au "
        "moment de l’arbitrage » (2016-2018) en direction des organismes qui accompagnent les allocataires du RSA."
    )
    page = f'<html lang="fr"><title>T</title><body data-mention="m"><p>\n  {phrase}\n</p></body></html>'
    imprimer(page, tmp_path / "p.pdf", lambda *_: None, STYLE)
    lignes = PdfReader(tmp_path / "p.pdf").pages[0].extract_text().splitlines()
    assert [ligne for ligne in lignes if len(ligne.split()) == 1 and ligne in phrase] == []
