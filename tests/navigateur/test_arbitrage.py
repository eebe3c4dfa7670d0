"""Arbitrer dans un vrai navigateur : un scénario au clavier, deux pilotes sur le même projet, comparer, adopter."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from financements.actions.arbitrage.saisir import saisir
from financements.models import Scenario
from financements.states import Choix, OrigineScenario
from tests.financements.arbitrage.fabriques import PetitArbitrage, petit_arbitrage
from tests.financements.arbitrage.saisies import lire, saisie
from tests.navigateur.conftest import tenir

pytestmark = pytest.mark.django_db(transaction=True)


def champ(page: Page, reference: str, annee: int) -> Any:
    return page.get_by_label(f"Montant {annee} de {reference}")


def enregistree(page: Page, projet: int) -> None:
    expect(page.locator(f"#e-{projet}").get_by_text("enregistré")).to_be_attached()


def test_un_scenario_du_premier_choix_a_l_adoption(page_connectee, live_server, verifier_axe):
    monde = petit_arbitrage(cp="16000.00")
    page: Page = page_connectee(monde.pilote)
    page.goto(f"{live_server.url}/arbitrage/arbitrage/")
    page.get_by_role("link", name="Scénarios", exact=True).click()
    page.wait_for_url("**/scenarios/")
    tenir(page, "scenarios-vides")
    page.get_by_role("link", name="Nouveau scénario").click()
    page.get_by_label("Nom").fill("Scénario A")
    tenir(page, "nouveau")
    page.get_by_role("button", name="Créer le scénario").click()
    expect(page.get_by_role("heading", name="Scénario A")).to_be_visible()
    tenir(page, "scenario")
    scenario = Scenario.objects.get()

    saisir_au_clavier(page, monde, scenario, f"{live_server.url}{scenario.get_absolute_url()}?tri=numero")
    se_tromper_puis_annuler(page, scenario, verifier_axe)
    page.get_by_label("Sur les 5").select_option("plafonner")
    page.get_by_label("Valeur (% ou €)").fill("9 000")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_text("1 projet changé sur 5.")).to_be_visible()
    page.get_by_role("link", name="Arrêter les propositions").click()
    expect(page.get_by_role("button", name="Adopter «")).to_be_visible()
    tenir(page, "adopter")
    page.get_by_role("button", name="Adopter «").click()
    expect(page.get_by_text("est adopté")).to_be_visible()
    tenir(page, "adopte")
    scenario.refresh_from_db()
    assert scenario.etat == "adopte"


def saisir_au_clavier(page: Page, monde: PetitArbitrage, scenario: Scenario, adresse: str) -> None:
    """Entrée passe au projet suivant, le tableau se refait au centime, deux corrections ne se heurtent pas."""
    essentiel = page.locator("#essentiel")
    expect(essentiel).to_contain_text(
        "27 300,03 € proposés sur 48 000,00 €".replace(" ", "\u202f", 1).replace(" €", "\u00a0€")
    )
    page.goto(adresse)
    champ(page, "AAP16-0001", 2016).fill("9500,01")
    champ(page, "AAP16-0001", 2016).press("Enter")
    expect(champ(page, "AAP16-0002", 2016)).to_be_focused()
    enregistree(page, monde.projets[1].pk)
    expect(champ(page, "AAP16-0001", 2016)).to_have_value("9\u202f500,01")
    page.get_by_label("Choix pour AAP16-0004").select_option("retenu")
    enregistree(page, monde.projets[4].pk)
    champ(page, "AAP16-0004", 2017).fill("5000")
    champ(page, "AAP16-0004", 2017).press("Tab")
    expect(champ(page, "AAP16-0004", 2018)).to_be_focused()
    expect(essentiel).to_contain_text("32\u202f800,04")
    assert lire(scenario)[4] == (Choix.RETENU, {2016: 0, 2017: 5_000_00, 2018: 0})

    # Deux corrections de suite dans la même ligne ne se heurtent pas.
    champ(page, "AAP16-0004", 2016).fill("10")
    champ(page, "AAP16-0004", 2016).press("Tab")
    champ(page, "AAP16-0004", 2017).fill("20")
    champ(page, "AAP16-0004", 2017).press("Tab")
    champ(page, "AAP16-0004", 2018).fill("30")
    champ(page, "AAP16-0004", 2018).press("Tab")
    expect(essentiel).to_contain_text("27\u202f860,04")
    champ(page, "AAP16-0004", 2018).fill("40")
    champ(page, "AAP16-0004", 2018).press("Tab")
    expect(essentiel).to_contain_text("27\u202f870,04")
    expect(page.locator(".erreur")).to_have_count(0)


def se_tromper_puis_annuler(page: Page, scenario: Scenario, verifier_axe: Any) -> None:
    """Un montant impossible se dit sur la ligne ; Ctrl+Z hors d’un champ défait le dernier coup."""
    champ(page, "AAP16-0001", 2017).fill("10 001")
    champ(page, "AAP16-0001", 2017).press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("2017\u00a0: Ce montant dépasse ce que le projet demande")
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=0.9)
    expect(champ(page, "AAP16-0001", 2017)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    verifier_axe(page)
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Annulé")).to_be_visible()
    assert lire(scenario)[4][1] == {2016: 10_00, 2017: 20_00, 2018: 30_00}


def test_deux_pilotes_sur_le_meme_projet(page_connectee, live_server):
    monde = petit_arbitrage()
    scenario = monde.scenario("Partagé", est_partage=True)
    page: Page = page_connectee("pilote")
    page.goto(f"{live_server.url}{scenario.get_absolute_url()}?tri=numero")
    saisir(
        auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.RETENU, {2016: 1_000_00})]
    )
    champ(page, "AAP16-0001", 2016).fill("2000")
    champ(page, "AAP16-0001", 2016).press("Tab")
    expect(page.get_by_role("alert")).to_contain_text(
        "Ce projet a changé entre-temps\u00a0: retenu, 1\u202f000,00\u00a0€ en 2016"
    )
    assert lire(scenario)[1][1][2016] == 1_000_00
    expect(champ(page, "AAP16-0001", 2016)).to_have_value("2000")  # rien de tapé ne se perd
    champ(page, "AAP16-0001", 2016).fill("2001")
    champ(page, "AAP16-0001", 2016).press("Tab")
    enregistree(page, monde.projets[1].pk)
    assert lire(scenario)[1][1][2016] == 2_001_00


def test_comparer(page_connectee, live_server):
    monde = petit_arbitrage()
    a = monde.scenario("A")
    b = monde.scenario("B", OrigineScenario.COPIE, source=a)
    saisir(auteur=monde.pilote, scenario=b, saisies=[saisie(monde, b, 1, Choix.ATTENTE, {})])
    page: Page = page_connectee(monde.pilote)
    page.goto(f"{live_server.url}{a.get_absolute_url()}")
    page.get_by_role("main").get_by_role("link", name="Comparer").first.click()
    page.get_by_label("Comparé à").select_option(label="B")
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("heading", name="Projet par projet")).to_be_visible()
    expect(page.get_by_role("row", name="AAP16-0001")).to_contain_text("liste d’attente")
    tenir(page, "comparer")
