"""La session expire pendant qu’une page est ouverte : on se reconnecte, et l’on retrouve cette page."""

import pytest
from playwright.sync_api import expect

from tests.navigateur.conftest import MOT_DE_PASSE
from tests.projets.fabriques import AppelFactory

pytestmark = pytest.mark.django_db(transaction=True)


def se_reconnecter(page):
    page.get_by_label("Adresse électronique").fill("pilote@essai.fr")
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()


@pytest.mark.parametrize(
    ("adresse", "bouton", "titre"),
    [
        ("/rapports/?page=1", "Produire le rapport", "Rapports"),
        ("/rapports/demander/", "Produire le rapport", "Produire un rapport"),
        ("/financements/effectifs/importer/", "Importer le relevé", "Importer un relevé d’effectifs"),
        ("/appels/essai/reglages/axes/ajouter/", "Enregistrer", "Insertion 2016-2018"),
    ],
)
def test_un_envoi_apres_l_expiration_ramene_a_sa_page(live_server, page_connectee, adresse, bouton, titre):
    AppelFactory(slug="essai", intitule="Insertion 2016-2018", etat="brouillon")
    page = page_connectee("pilote")
    page.goto(live_server.url + adresse)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name=bouton).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    se_reconnecter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(titre)
    assert page.url == live_server.url + adresse


def test_un_filtre_apres_l_expiration_mene_toute_la_page_a_la_connexion(live_server, page_connectee):
    AppelFactory(slug="essai")
    page = page_connectee("pilote")
    adresse = f"{live_server.url}/instruction/?etat=retenu"
    page.goto(adresse)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Appel", exact=True).select_option(index=1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    assert page.locator("header nav").count() == 1  # la page entière, non un formulaire glissé dans la liste
    se_reconnecter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Instruction")
    assert page.url == adresse
