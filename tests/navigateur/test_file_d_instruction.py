"""La file d’instruction dans un vrai navigateur : filtrer sur place, cocher, agir, aller d’un projet à l’autre."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from projets.models import Affectation
from tests.comptes.fabriques import PersonneFactory
from tests.navigateur.conftest import examiner
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory, instructeur_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def projets() -> None:
    """Trois projets déposés dans le Valenciennois, et une instructrice."""
    val = TerritoireFactory(code="VAL", nom="Valenciennois")
    axe = AxeFactory(appel=AppelFactory(), numero=1)
    for numero, intitule in ((1, "Jardin partagé"), (2, "Garde d’enfants"), (3, "Jardinage solidaire")):
        ProjetFactory(axe=axe, numero=numero, intitule=intitule, territoires={val: 100})
    instructeur_de(val, prenom="Inès", nom="Martin")


def test_filtrer_cocher_affecter_et_lire_le_compte_rendu(
    live_server: Any, page_connectee: Callable[..., Page]
) -> None:
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/instruction/")
    page.get_by_label("Rechercher").fill("jardins")
    page.get_by_label("Rechercher").press("Enter")
    expect(page.get_by_role("link", name="Garde d’enfants")).to_have_count(0)
    expect(page).to_have_url(f"{live_server.url}/instruction/?q=jardins&portee=tous&tri=rejet")
    expect(page.locator("#annonce")).to_have_text("Projets trouvés : 1")
    page.get_by_role("button", name="Effacer les filtres").click()
    expect(page.get_by_role("link", name="Garde d’enfants")).to_be_visible()
    page.wait_for_load_state()  # « Cocher toute la page » est un script
    page.get_by_label("Cocher toute la page").check()
    expect(page.get_by_text("3 projets cochés")).to_be_visible()
    page.get_by_label("Cocher 2").uncheck()
    expect(page.get_by_text("2 projets cochés")).to_be_visible()
    page.get_by_role("button", name="Affecter…").click()
    expect(page.get_by_label("Instructeur")).to_be_visible()
    examiner(page)
    page.get_by_label("Instructeur").select_option(label="Inès Martin (Valenciennois)")
    page.get_by_role("button", name="Affecter").click()
    expect(page.get_by_role("cell", name="Confié à Inès Martin, chef de file.")).to_have_count(2)
    assert Affectation.objects.count() == 2


def test_au_clavier_d_un_projet_a_l_autre_mais_pas_pendant_que_l_on_ecrit(
    live_server: Any, page_connectee: Callable[..., Page]
) -> None:
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/instruction/?tri=numero")
    page.get_by_role("link", name="Garde d’enfants").click()
    expect(page.get_by_role("link", name="2 sur 3")).to_be_visible()
    page.wait_for_load_state()  # les raccourcis sont pris une fois la page entière
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jardinage solidaire")
    page.wait_for_load_state()
    expect(page.get_by_role("link", name="Suivant")).to_have_count(0)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("heading", level=1)).to_have_text("Garde d’enfants")
    page.get_by_role("link", name="Échanges").click()
    expect(page.get_by_label("Votre message")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_label("Votre message").press("Alt+ArrowDown")
    expect(page.get_by_role("heading", level=1)).to_have_text("Garde d’enfants")
    expect(page.get_by_role("link", name="2 sur 3")).to_be_visible()
    page.get_by_role("link", name="2 sur 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Instruction")


def test_sans_javascript_on_filtre_on_coche_et_on_affecte(live_server: Any, browser: Browser, client: Any) -> None:
    client.force_login(PersonneFactory(pilote=True))
    contexte = browser.new_context(java_script_enabled=False)
    contexte.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = contexte.new_page()
    page.goto(f"{live_server.url}/instruction/")
    page.get_by_label("Rechercher").fill("garde")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_label("Cocher 2").check()
    page.get_by_role("button", name="Affecter…").click()
    page.get_by_label("Instructeur").select_option(label="Inès Martin (Valenciennois)")
    page.get_by_role("button", name="Affecter").click()
    expect(page.get_by_role("cell", name="Confié à Inès Martin, chef de file.")).to_have_count(1)
    contexte.close()
