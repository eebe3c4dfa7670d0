"""Le foyer du clavier après une mise à jour sur place, et le retour arrière : rien de perdu, rien à la console."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.navigateur.conftest import attendre_htmx, elargir
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)
ACTIONS = "/financements/essai/actions/"


@pytest.fixture(autouse=True)
def programme() -> None:
    """Cent vingt actions, trois pages de liste."""
    appel, nord = AppelFactory(slug="essai"), TerritoireFactory(code="NORD", nom="Nord")
    enveloppe_repartie(appel, dict.fromkeys(appel.annees, "900000.00"), {nord: 1})
    axe = AxeFactory(appel=appel, numero=1)
    for rang in range(120):
        action_votee(axe=axe, numero=rang + 1, parts={nord: 100}, intitule=f"Action numéro {rang}")


def test_le_foyer_reste_sur_le_lien_de_tri(live_server: Any, page_connectee: Callable[..., Page]) -> None:
    page = page_connectee("finances")
    page.goto(live_server.url + ACTIONS)
    for sens in ("descending", "ascending"):
        page.get_by_role("link", name="Montant voté").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f"th[aria-sort={sens}]")).to_contain_text("Montant voté")
        expect(page.locator("#tri-montant")).to_be_focused()
        attendre_htmx(page)


def test_le_foyer_reste_dans_les_pages(live_server: Any, page_connectee: Callable[..., Page]) -> None:
    page = page_connectee("finances")
    page.goto(live_server.url + ACTIONS)
    page.get_by_role("link", name="Suivante").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#liste")).to_contain_text("51 à 100 sur 120 actions")
    expect(page.locator("#page-suivante")).to_be_focused()
    attendre_htmx(page)
    page.keyboard.press("Enter")
    expect(page.locator("#liste")).to_contain_text("101 à 120 sur 120 actions")
    expect(page.locator("#page-3")).to_be_focused()  # plus de « Suivante » : la page courante le reçoit
    attendre_htmx(page)
    page.get_by_role("link", name="Page 1", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#liste")).to_contain_text("1 à 50 sur 120 actions")
    expect(page.locator("#page-1")).to_be_focused()


def test_le_retour_arriere_redemande_la_page_sans_copie_ni_erreur(
    live_server: Any, page_connectee: Callable[..., Page]
) -> None:
    """Le menu ouvert puis fermé laisse un attribut `style`, que la CSP refuserait dans une copie remise en place."""
    page = page_connectee("finances")
    elargir(page, 375)
    page.goto(live_server.url + ACTIONS)
    menu = page.get_by_role("button", name="Menu")
    menu.click()
    expect(page.locator("#menu")).to_have_class("navbar-collapse collapse show")
    menu.click()
    expect(page.locator("#menu")).to_have_class("navbar-collapse collapse")
    expect(page.locator("#menu[style]")).to_have_count(1)
    page.get_by_role("link", name="Montant voté").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Montant voté")
    attendre_htmx(page)
    page.get_by_role("link", name="Suivante").click()
    expect(page.locator("#liste")).to_contain_text("51 à 100 sur 120 actions")
    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None  # rien ne reste après la déconnexion
    page.go_back()
    expect(page.locator("#liste")).to_contain_text("1 à 50 sur 120 actions")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Montant voté")
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("N°")
    page.locator("details.compte > summary").evaluate("compte => compte.click()")
    expect(page.locator("details.compte")).to_have_attribute("open", "")
