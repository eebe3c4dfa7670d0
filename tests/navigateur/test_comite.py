"""Le comité dans un vrai navigateur : préparer, tenir la séance au clavier, la salle qui suit, justifier, clore."""

import pytest
from playwright.sync_api import Page, expect

from tests.financements.arbitrage.fabriques import noter, petit_arbitrage
from tests.navigateur.conftest import tenir

pytestmark = pytest.mark.django_db(transaction=True)


def test_un_comite_de_la_preparation_a_la_cloture(page_connectee, live_server):
    monde = petit_arbitrage()
    noter(monde.scenario())
    page: Page = page_connectee(monde.pilote)
    page.goto(f"{live_server.url}/arbitrage/arbitrage/comites/")
    page.get_by_role("link", name="Préparer un comité").click()
    page.get_by_label("Tenu le").fill("2016-10-12")
    page.get_by_label("Lieu").fill("Lille")
    page.get_by_label("Présidé par").fill("La présidente")
    tenir(page, "comite-reglages")
    page.get_by_role("button", name="Préparer le comité").click()
    expect(page.get_by_role("button", name="Noter présent")).to_be_visible()
    page.get_by_label("Nom").fill("Anne Leroy")
    page.get_by_label("Qualité").fill("conseillère départementale")
    page.get_by_role("button", name="Noter présent").click()
    expect(page.get_by_text("Présence notée : Anne Leroy.")).to_be_visible()
    tenir(page, "comite")
    seance = ouvrir(page)
    amender_devant_la_salle(page, seance)
    justifier_et_clore(page)


def ouvrir(page: Page) -> str:
    """L’adresse de la séance."""
    page.get_by_role("link", name="Ouvrir la séance").click()
    page.get_by_role("button", name="Ouvrir la séance").click()
    expect(page.get_by_text("Point 1 sur 5")).to_be_visible()
    return page.url


def amender_devant_la_salle(page: Page, seance: str) -> None:
    salle = page.context.new_page()
    salle.goto(seance.replace("seance/", "projection/"))
    tenir(salle, "projection")

    page.bring_to_front()
    page.wait_for_load_state()  # les raccourcis sont pris une fois la page entière
    page.keyboard.press("Alt+PageDown")
    expect(page.get_by_text("Point 2 sur 5")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Alt+PageDown")
    expect(page.get_by_text("Point 3 sur 5")).to_be_visible()
    expect(salle.get_by_text("Point 3 sur 5")).to_be_visible()
    tenir(page, "seance")
    page.get_by_label("non retenu").check()
    page.get_by_label("Motif", exact=False).first.fill("Déjà financé ailleurs.")
    page.get_by_role("button", name="Enregistrer l’amendement").click()
    expect(page.get_by_text("Amendement enregistré sur AAP16-0001.")).to_be_visible()
    expect(salle.get_by_text("non retenu")).to_be_visible()
    salle.close()


def justifier_et_clore(page: Page) -> None:
    page.get_by_role("link", name="Clore…").click()
    page.get_by_role("link", name="Justifier les écarts").click()
    page.wait_for_url("**/ecarts/")  # entière : « Tout cocher » est un script
    page.get_by_label("Tout cocher").check()
    page.get_by_label("Justification").fill("Doublon d’une autre action.")
    tenir(page, "ecarts")
    page.get_by_role("button", name="Justifier les écarts cochés").click()
    expect(page.get_by_text("Écarts justifiés : 1.")).to_be_visible()
    page.get_by_role("link", name="Séance").click()
    page.get_by_role("link", name="Clore…").click()
    page.get_by_role("button", name="Clore et photographier").click()
    expect(page.get_by_text("Le comité est clos")).to_be_visible()
    tenir(page, "compte-rendu")
    page.get_by_role("link", name="Documents").click()
    page.wait_for_url("**/documents/")
    tenir(page, "documents")
