"""Le PDF d’une convention : balisé, un code QR lisible sur chaque page, produit à part et rangé avec son texte."""

from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from config.socle.travaux import EtatTravail
from financements.actions.conventions.lots import a_editer, demander_un_lot, faire_le_lot
from financements.actions.conventions.rediger import editer, preparer, reprendre
from financements.actions.conventions.tirages import demander_le_tirage_du_lot
from financements.models import Convention, TirageDeConventions
from financements.pdf.convention import imprimer_la_convention
from financements.rules.code_de_page import code_de_la_page, lire_le_code
from financements.states.execution import SorteDeTirage
from financements.tasks.conventions import produire_le_tirage
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.conventions.fabriques import SansSuivi, action_a_conventionner, finances, octets, votee_ici
from tests.financements.execution.fabriques import programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def codes(pdf: bytes) -> list[list[str]]:
    """Ce que disent les codes de chaque page, dessinée comme un scanneur le ferait (150 points par pouce)."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        images = [page.render(scale=150 / 72, grayscale=True).to_pil() for page in document]
        return [[lu.text for lu in zxingcpp.read_barcodes(image)] for image in images]
    finally:
        document.close()


def test_chaque_page_porte_son_code(django_capture_on_commit_callbacks):
    auteur = finances()
    with django_capture_on_commit_callbacks(execute=True):
        une = editer(auteur=auteur, convention=preparer(auteur=auteur, action=action_a_conventionner()))
    une.refresh_from_db()
    tirage = TirageDeConventions.objects.get()
    pdf = octets(une.fichier)
    lecteur = PdfReader(BytesIO(pdf))
    assert (tirage.etat, tirage.pages, une.pages) == (EtatTravail.TERMINE, len(lecteur.pages), len(lecteur.pages))
    assert codes(pdf) == [[code_de_la_page(une.jeton, page)] for page in range(1, une.pages + 1)]
    racine = lecteur.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert (racine["/Lang"], "/StructTreeRoot" in racine) == ("fr", True)
    texte = " ".join(page.extract_text() for page in lecteur.pages)
    assert une.empreinte in texte.replace("\n", "")
    assert une.action.projet.organisme.siret not in codes(pdf)[0][0]


def test_un_texte_repris_n_a_plus_de_pdf(django_capture_on_commit_callbacks):
    auteur = finances()
    une = editer(auteur=auteur, convention=preparer(auteur=auteur, action=action_a_conventionner()))
    reprendre(auteur=auteur, convention=une)
    tirage = TirageDeConventions.objects.get()
    produire_le_tirage(tirage.pk)
    tirage.refresh_from_db()
    assert (tirage.etat, "reprise" in tirage.message) == (EtatTravail.ECHOUE, True)
    assert Convention.objects.get().fichier == ""


def test_un_lot_edite_les_obligatoires_et_dit_chaque_refus(django_capture_on_commit_callbacks):
    auteur = finances()
    montants = {"montant": "25000.00", "cp": "200000.00"}
    une, _ = (votee_ici(action) for action in programme(2, **montants))
    petite = votee_ici(programme(1, montant="1000.00", organisme=OrganismeFactory())[0])
    petite.deliberation = une.deliberation
    petite.save()
    lot = demander_un_lot(auteur=auteur, deliberation=une.deliberation)
    with django_capture_on_commit_callbacks(execute=True):
        faire_le_lot(lot, SansSuivi())
    assert (lot.faites, lot.refusees) == (2, [])
    assert list(a_editer(finances(), une.deliberation, facultatives=True)) == [petite]
    archive = TirageDeConventions.objects.get(sorte=SorteDeTirage.ARCHIVE)
    assert archive.etat == EtatTravail.TERMINE, archive.message
    numeros = sorted(Convention.objects.values_list("numero", flat=True))
    assert sorted(ZipFile(BytesIO(octets(archive.fichier))).namelist()) == [f"{numero}.pdf" for numero in numeros]
    with django_capture_on_commit_callbacks(execute=True):
        impression = demander_le_tirage_du_lot(
            auteur=auteur, deliberation=une.deliberation, sorte=SorteDeTirage.IMPRESSION
        )
    impression.refresh_from_db()
    assert impression.pages == len(PdfReader(BytesIO(octets(impression.fichier))).pages)
    assert impression.pages % 2 == 0


@pytest.mark.parametrize("texte", ["", "MA1/ABC/1", "MA2/" + "A" * 26 + "/1", "MA1/" + "A" * 26 + "/0", "http://x"])
def test_un_code_d_ailleurs_n_est_pas_des_notres(texte):
    assert lire_le_code(texte) is None


def test_un_code_se_relit():
    assert lire_le_code(code_de_la_page("A" * 26, 12)) == ("A" * 26, 12)


def test_un_texte_plus_long_que_prevu_garde_un_code_par_page(tmp_path):
    lignes = {"titre": "Article", "texte": "\n".join("a" for _ in range(600))}
    contenu = {"titre": "T", "sous_titre": "S", "departement": "D", "appel": "A", "articles": [lignes]}
    contenu |= {"annees": [], "budget": [], "signataires": []}
    cible = tmp_path / "long.pdf"
    pages = imprimer_la_convention(contenu, "A" * 26, "0" * 64, cible, lambda *_: None)
    assert pages > 10
    assert codes(cible.read_bytes()) == [[code_de_la_page("A" * 26, page)] for page in range(1, pages + 1)]
