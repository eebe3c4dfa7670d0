"""Les pièces montrées à côté du projet : seuls un PDF et une image, enfermés ; le reste se télécharge."""

import pytest
from django.core.files.base import ContentFile

from comptes.states import EtatDocument, Role
from tests.architecture.acces import lire_le_fichier
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.projets.fabriques import PDF_D_ESSAI, ProjetFactory
from tests.projets.pieces import depot_avec
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
ENFERME = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'"


@pytest.fixture
def territoire():
    return TerritoireFactory()


@pytest.fixture
def projet(territoire):
    return ProjetFactory(territoires={territoire: 100})


def document(projet, nom="statuts.pdf", format_="pdf", **champs):
    fichier = ContentFile(PDF_D_ESSAI, nom)
    return DocumentFactory(organisme=projet.organisme, nom=nom, format=format_, fichier=fichier, **champs)


def deposee(projet, *args, suite="?voir", **champs):
    """L’adresse d’une pièce de la copie."""
    depot_avec(projet, document(projet, *args, **champs))
    return f"/projets/{projet.pk}/depots/1/pieces/0/{suite}"


@pytest.mark.parametrize(
    ("nom", "format_", "genre", "politique"),
    [
        ("statuts.pdf", "pdf", "application/pdf", ENFERME),
        ("photo.jpeg", "jpg", "image/jpeg", f"{ENFERME}; sandbox"),
        ("logo.png", "png", "image/png", f"{ENFERME}; sandbox"),
    ],
)
def test_un_pdf_ou_une_image_se_montre_sans_rien_pouvoir(connecter, projet, nom, format_, genre, politique):
    reponse = connecter("pilote").get(deposee(projet, nom, format_))
    lire_le_fichier(reponse)
    noms = (
        "Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options",
        "Cross-Origin-Resource-Policy", "Cache-Control",
    )  # fmt: skip
    assert {nom: reponse[nom] for nom in noms} == {
        "Content-Type": genre,
        "Content-Disposition": f'inline; filename="{nom}"',
        "Content-Security-Policy": politique,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


@pytest.mark.parametrize(("nom", "suite"), [("note.docx", "?voir"), ("statuts.pdf", "")])
def test_tout_le_reste_se_telecharge(connecter, projet, nom, suite):
    format_ = nom.rpartition(".")[2]
    reponse = connecter("pilote").get(deposee(projet, nom, format_, suite=suite))
    lire_le_fichier(reponse)
    assert (reponse["Content-Disposition"], reponse["Content-Security-Policy"], reponse["X-Frame-Options"]) == (
        f'attachment; filename="{nom}"',
        "sandbox; default-src 'none'",
        "DENY",
    )


def test_le_format_reconnu_compte_pas_le_nom(connecter, projet):
    reponse = connecter("pilote").get(deposee(projet, "page.html", "png"))
    lire_le_fichier(reponse)
    assert reponse["Content-Type"] == "image/png"


def test_ni_un_autre_territoire_ni_la_quarantaine(connecter, projet):
    ailleurs, retenu = PersonneFactory(role=Role.INSTRUCTEUR), ProjetFactory()
    codes = [
        connecter(ailleurs).get(deposee(projet)).status_code,
        connecter("pilote").get(deposee(retenu, etat=EtatDocument.EN_ANALYSE)).status_code,
    ]
    assert codes == [404, 404]


def test_l_onglet_montre_la_piece_demandee_et_ses_voisines(connecter, projet):
    navigateur = connecter("pilote")
    depot_avec(projet, document(projet, "a.docx", "docx"), document(projet, "b.pdf"), document(projet, "c.png", "png"))

    def montree(suite):
        contexte = navigateur.get(f"/instruction/{projet.pk}/?onglet=pieces{suite}").context
        return [p and p.cle for p in (contexte["precedente"], contexte["choisie"], contexte["suivante"])]

    assert montree("") == ["0", "1", "2"]  # la première qui se montre
    assert montree("&piece=0") == [None, "0", "1"]
    assert montree("&piece=2") == ["1", "2", None]
    assert montree("&piece=zzz") == ["0", "1", "2"]
