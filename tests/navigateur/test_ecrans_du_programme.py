"""Les écrans du programme dans un vrai navigateur : accessibilité, filtres par HTMX, sans JavaScript, petit écran."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from financements.demonstration.lignes import AXES
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.navigateur.conftest import attendre_htmx, elargir, examiner
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)
CARRE = {"type": "Polygon", "coordinates": [[[3, 50], [3.5, 50], [3.5, 50.5], [3, 50.5], [3, 50]]]}
VOISIN = {"type": "Polygon", "coordinates": [[[3.5, 50], [4, 50], [4, 50.5], [3.5, 50.5], [3.5, 50]]]}
PAGES = (
    "/",
    "/financements/essai/",
    "/financements/essai/actions/",
    "/financements/essai/actions/?minimum=abc&q=rien",
    "/financements/essai/actions/1/",
    "/financements/essai/territoires/NORD/",
    "/arbitrage/essai/?annee=2017",
)


@pytest.fixture(autouse=True)
def programme() -> None:
    """Cinq axes, deux territoires, soixante actions."""
    appel = AppelFactory(
        slug="essai", annee_debut=2016, annee_fin=2018, part_pro_cible=59, annee_reference=2015, part_pro_reference=34
    )
    nord = TerritoireFactory(code="NORD", nom="Nord", contour=CARRE, est_hypothese=True)
    sud = TerritoireFactory(code="SUD", nom="Sud", contour=VOISIN)
    enveloppe_repartie(appel, dict.fromkeys((2016, 2017, 2018), "900000.00"), {nord: 2000, sud: 1000})
    axes = [AxeFactory(appel=appel, numero=a.numero, intitule=a.intitule, volet=a.volet) for a in AXES]
    for rang in range(60):
        action_votee(axe=axes[rang % 5], numero=rang + 1, parts={nord: 60, sud: 40}, intitule=f"Action numéro {rang}")


RANGS_D_ONGLETS = """new Set([...document.querySelectorAll('nav[aria-label="Pages du programme"] a')]
    .map((onglet) => onglet.offsetTop)).size"""


@pytest.mark.parametrize("largeur", [1280, 375])
def test_les_ecrans_passent_axe_et_ne_debordent_pas(
    live_server: Any, page_connectee: Callable[..., Page], largeur: int
) -> None:
    page = page_connectee("pilote")
    elargir(page, largeur)
    debordements, rangs = {}, set()
    for adresse in PAGES:
        page.goto(live_server.url + adresse)
        examiner(page)
        debordements[adresse] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        rangs.add(page.evaluate(RANGS_D_ONGLETS))
    assert debordements == dict.fromkeys(PAGES, 0)
    assert max(rangs) == {1280: 1, 375: 3}[largeur]  # onze onglets : au téléphone, trois rangs au plus


def test_les_boutons_du_tableau_de_bord_gardent_leur_hauteur(
    live_server: Any, page_connectee: Callable[..., Page]
) -> None:
    """Le choix du programme, plus haut qu’eux, ne les étire pas."""
    AppelFactory(slug="autre", annee_debut=2019, annee_fin=2021)
    page = page_connectee("pilote")
    page.goto(live_server.url + "/?appel=essai")
    page.get_by_label("Programme", exact=True).wait_for()
    hauteurs = {
        round(page.locator(".tete .actions").get_by_role(role, name=nom, exact=True).bounding_box()["height"])
        for role, nom in (("button", "Voir"), ("link", "Voir les actions"), ("link", "Crédits votés"))
    }
    assert len(hauteurs) == 1


def test_l_accueil_public_passe_axe(live_server: Any, page: Page) -> None:
    page.goto(live_server.url + "/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("appel à projets")
    examiner(page)


def test_filtrer_trier_et_paginer_sans_recharger_la_page(
    live_server: Any, page_connectee: Callable[..., Page]
) -> None:
    page = page_connectee("finances")
    page.goto(live_server.url + "/financements/essai/actions/")
    page.evaluate("window.temoin = true")  # un rechargement l’effacerait
    page.get_by_label("Axe").select_option("3")
    expect(page.locator("#liste")).to_contain_text("12 actions")
    attendre_htmx(page)
    page.get_by_role("link", name="Montant voté").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Montant voté")
    expect(page).to_have_url(
        f"{live_server.url}/financements/essai/actions/"
        "?q=&axe=3&territoire=&volet=&dispositif=&forme=&fse=&minimum=&maximum=&tri=-montant"
    )
    attendre_htmx(page)
    page.get_by_label("Axe").select_option("")
    expect(page.locator("#liste")).to_contain_text("60 actions")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Montant voté")  # le tri voyage avec les filtres
    attendre_htmx(page)
    page.get_by_role("link", name="Suivante").click()
    expect(page.locator("#liste")).to_contain_text("51 à 60 sur 60 actions")
    assert page.evaluate("window.temoin") is True
    page.go_back()
    expect(page.locator("#liste")).to_contain_text("1 à 50 sur 60 actions")
    expect(page.locator("main h1")).to_have_text("Actions financées")


def test_un_montant_mal_ecrit_se_dit_a_cote_du_champ(live_server: Any, page_connectee: Callable[..., Page]) -> None:
    page = page_connectee("finances")
    page.goto(live_server.url + "/financements/essai/actions/")
    page.get_by_text("Plus de filtres").click()
    page.get_by_label("Montant minimum").fill("beaucoup")
    page.get_by_role("button", name="Filtrer").click()
    champ = page.get_by_label("Montant minimum")
    expect(champ).to_have_attribute("aria-invalid", "true")
    expect(champ).to_have_value("beaucoup")


def test_tout_marche_sans_javascript(live_server: Any, browser: Browser, client: Any) -> None:
    client.force_login(PersonneFactory(finances=True))
    contexte = browser.new_context(java_script_enabled=False)
    contexte.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = contexte.new_page()
    page.goto(live_server.url + "/financements/essai/actions/?tri=-numero")
    page.get_by_label("Axe").select_option("2")
    page.get_by_role("button", name="Filtrer").click()
    expect(page.locator("tbody tr").first).to_contain_text("Action numéro 56")
    page.get_by_role("link", name="Action numéro 56").click()
    page.get_by_role("link", name="Actions", exact=True).click()
    expect(page.locator("#liste")).to_contain_text("12 actions")
    contexte.close()


def test_un_tableau_plus_large_que_l_ecran_le_dit_et_defile_au_clavier(
    live_server: Any, page_connectee: Callable[..., Page]
) -> None:
    page = page_connectee("lecture")
    elargir(page, 375)
    page.goto(live_server.url + "/financements/essai/")
    cadre = page.get_by_role("region", name="Crédits votés par axe, tableau")
    expect(cadre).to_have_class("defilement deborde")
    assert cadre.evaluate("c => getComputedStyle(c, '::before').content") == '"Faites défiler vers la droite →" / ""'
    cadre.focus()
    expect(cadre).to_be_focused()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(cadre).to_have_class("defilement deborde fin")
    elargir(page, 1280)
    assert cadre.evaluate("c => getComputedStyle(c, '::before').content") == "none"
    expect(cadre).not_to_have_attribute("tabindex", "0")  # rien à faire défiler : hors de la tabulation
