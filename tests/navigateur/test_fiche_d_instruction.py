"""La fiche d’instruction dans un vrai navigateur : chaque onglet, à deux largeurs, et une pièce."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page

from comptes.models import Personne
from comptes.states import Role
from projets.actions.deposer import completer, deposer
from projets.actions.echanges import demander_un_complement, ecrire_un_message
from projets.forms.dossier.copie import copie
from projets.forms.dossier.dossier import Dossier
from projets.models import Cofinancement, Projet
from projets.pdf.page import en_pdf
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.navigateur.conftest import capturer, elargir
from tests.projets.complets import projet_complet, responsable_pret
from tests.projets.fabriques import PointFactory, ProjetFactory
from tests.projets.pieces import piece_jointe
from tests.projets.test_deposer import verifie
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)
ONGLETS = ("projet", "budget", "pieces", "echanges", "historique")
CARRE = {"type": "Polygon", "coordinates": [[[3.0, 50.2], [3.4, 50.2], [3.4, 50.5], [3.0, 50.5], [3.0, 50.2]]]}
VOISIN = {"type": "Polygon", "coordinates": [[[3.4, 50.2], [3.8, 50.2], [3.8, 50.5], [3.4, 50.5], [3.4, 50.2]]]}


@pytest.fixture
def depose() -> tuple[Projet, Personne]:
    """Un projet déposé puis complété, avec une pièce, des messages, un frère ; et son instructeur."""
    val, dou = TerritoireFactory(code="VAL", nom="Valenciennois"), TerritoireFactory(code="DOU", nom="Douaisis")
    for territoire, contour in ((val, CARRE), (dou, VOISIN)):
        territoire.contour = contour
        territoire.save()
    instructeur = PersonneFactory(role=Role.INSTRUCTEUR, prenom="Ines", nom="Caron")
    instructeur.territoires.add(val)
    adhesion = responsable_pret()
    projet = projet_complet(adhesion)
    for nom in ("Délai", "Complétude", "Budget équilibré"):
        PointFactory(appel=projet.appel, intitule=nom, aide="Ce que l’on vérifie.")
    pdf = en_pdf("<html lang=fr><title>Statuts</title><h1>Statuts de l’association</h1><p>Article premier.</p></html>")
    for rang in (1, 2):
        document = DocumentFactory(
            organisme=projet.organisme, nom=f"statuts-{rang}.pdf", fichier=ContentFile(pdf, "s.pdf")
        )
        piece_jointe(projet, document)
    contenu = copie(Dossier(Projet.objects.get(pk=projet.pk)))
    vise = verifie(projet, territoire=val, contenu=contenu)
    deposer(auteur=adhesion.personne, projet=projet, verifie=vise)
    projet = Projet.objects.get(pk=projet.pk)
    ecrire_un_message(auteur=adhesion.personne, projet=projet, texte="Bonjour, avez-vous tout reçu ?")
    demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB manque.", echeance=_dans(10))
    projet = Projet.objects.get(pk=projet.pk)
    change = {**contenu, "intitule": "Garde d’enfants de nuit"}
    completer(auteur=adhesion.personne, projet=projet, verifie=verifie(projet, territoire=val, contenu=change))
    ProjetFactory(
        organisme=projet.organisme, axe=projet.axe, numero=50, territoires={val: 100}, intitule=projet.intitule
    )
    Cofinancement.objects.create(projet=projet, financeur="commune", precision="Denain", montant=10)
    return Projet.objects.get(pk=projet.pk), instructeur


def _dans(jours: int) -> Any:
    return timezone.localdate() + timedelta(days=jours)


@pytest.mark.parametrize("largeur", [1280, 375])
def test_chaque_onglet_est_accessible(
    live_server: Any, page_connectee: Any, depose: Any, verifier_axe: Any, largeur: int
) -> None:
    projet, instructeur = depose
    page: Page = page_connectee(instructeur)
    elargir(page, largeur)
    for onglet in ONGLETS:
        page.goto(f"{live_server.url}/instruction/{projet.pk}/?onglet={onglet}")
        verifier_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), onglet
        capturer(page, f"{onglet}-{largeur}")
    page.goto("about:blank")  # plus rien ne se demande pendant que les tables se vident


def test_l_instructeur_lit_une_piece(live_server: Any, page_connectee: Any, depose: Any) -> None:
    projet, instructeur = depose
    page: Page = page_connectee(instructeur)
    page.goto(f"{live_server.url}/instruction/{projet.pk}/?onglet=pieces")
    with page.expect_response(lambda reponse: "voir" in reponse.url) as cadre:
        page.get_by_role("link", name="Suivante").click()
    # la visionneuse du navigateur a pris le document ; ses en-têtes sont éprouvés sans navigateur
    assert cadre.value.status == 200
    page.goto("about:blank")
