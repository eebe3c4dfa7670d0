"""L’organisme prérempli par le registre, dans un vrai navigateur : accessible, et sans JavaScript."""

import pytest
from playwright.sync_api import expect

from comptes.models import Organisme
from tests.comptes.fabriques import PersonneFactory, siret_d_essai
from tests.comptes.registre import Registre, entreprise, servir
from tests.navigateur.conftest import elargir
from tests.territoires.fabriques import CommuneFactory

SIRET = siret_d_essai(991)


@pytest.fixture
def registre(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    registre = Registre()
    serveur = servir(registre)
    settings.REGISTRE_URL = registre.adresse
    yield registre
    serveur.shutdown()
    serveur.server_close()


@pytest.mark.parametrize("largeur", [320, 1280])
def test_le_formulaire_prerempli_est_accessible(live_server, page_connectee, registre, verifier_axe, largeur):
    CommuneFactory(code_insee="59606", nom="Valenciennes")
    registre.repond(entreprise(SIRET, etat_administratif="C"))
    page = page_connectee(PersonneFactory())
    elargir(page, largeur)
    page.goto(f"{live_server.url}/mon-organisme/creer/?siret={SIRET}")
    expect(page.get_by_label("Nom")).to_have_value("LA RESSOURCERIE")
    expect(page.get_by_label("Commune du siège").locator("option:checked")).to_have_text("Valenciennes")
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur


def test_chercher_puis_creer_marche_sans_javascript(live_server, browser, connecter, registre):
    registre.repond(entreprise(SIRET))
    client = connecter(PersonneFactory())
    biscuit = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    with browser.new_context(java_script_enabled=False) as contexte:
        contexte.add_cookies([biscuit])
        page = contexte.new_page()
        page.goto(f"{live_server.url}/mon-organisme/rejoindre/")
        page.get_by_role("textbox", name="SIRET").fill(SIRET)
        page.get_by_role("button", name="Chercher").click()
        page.get_by_label("Nom").fill("La Ressourcerie du Hainaut")
        page.get_by_role("button", name="Créer l’organisme").click()
        expect(page.locator("h1")).to_have_text("La Ressourcerie du Hainaut")
    champs = ("siret", "nom", "rna", "adresse")
    assert list(Organisme.objects.values_list(*champs)) == [
        (SIRET, "La Ressourcerie du Hainaut", "W591234567", "19 RUE DE LA POSTE 59300 VALENCIENNES")
    ]
