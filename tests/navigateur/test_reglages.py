"""Les écrans de réglage et les pages publiques dans un vrai navigateur : axe, sans script, sur un téléphone."""

import pytest
from playwright.sync_api import expect

from comptes.models import Personne
from comptes.states import Role
from projets.models import AppelAProjets
from projets.states import EtatAppel, SorteDeQuestion
from tests.comptes.fabriques import PersonneFactory
from tests.navigateur.conftest import elargir
from tests.projets.fabriques import (
    AxeFactory,
    PieceFactory,
    ProlongationFactory,
    QuestionFactory,
    appel_pret,
)

pytestmark = pytest.mark.django_db(transaction=True)
R = "/appels/essai/reglages/"
PAGES = (
    "/appels/",
    "/appels/nouveau/",
    "/appels/essai/copier/",
    R,
    f"{R}presentation/",
    f"{R}reglement/",
    f"{R}axes/",
    f"{R}pieces/",
    f"{R}questions/",
    f"{R}criteres/",
    f"{R}axes/ajouter/",
    f"{R}pieces/ajouter/",
    f"{R}questions/ajouter/",
    f"{R}criteres/ajouter/",
    f"{R}apercu/",
    f"{R}prolongations/",
)


@pytest.fixture
def pilote() -> Personne:
    return PersonneFactory(role=Role.PILOTE)


@pytest.fixture
def appel() -> AppelAProjets:
    appel = appel_pret(slug="essai")
    axe = AxeFactory(appel=appel, numero=2)
    PieceFactory(appel=appel, ordre=1, aide="Signés du président.")
    PieceFactory(appel=appel, ordre=2, axe=axe, formats=["pdf", "xlsx"], est_obligatoire=False)
    for ordre, sorte in enumerate(SorteDeQuestion, 1):
        choix = ["Jeunes", "Parents seuls"] if sorte.startswith("choix") else []
        QuestionFactory(
            appel=appel, ordre=ordre, sorte=sorte, choix=choix, axe=axe if ordre > 5 else None, aide="Aide."
        )
    ProlongationFactory(appel=appel)
    return appel


@pytest.mark.parametrize("largeur", [1280, 375])
def test_les_ecrans_de_reglage_sont_accessibles(live_server, page_connectee, verifier_axe, appel, pilote, largeur):
    page = page_connectee(pilote)
    elargir(page, largeur)
    for chemin in PAGES:
        page.goto(f"{live_server.url}{chemin}")
        verifier_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), chemin


def test_les_pages_publiques_sont_accessibles(live_server, page, verifier_axe, appel):
    AppelAProjets.objects.update(etat=EtatAppel.PUBLIE)
    for chemin in ("/", "/appels/", "/appels/essai/", "/aide/"):
        page.goto(f"{live_server.url}{chemin}")
        verifier_axe(page)
        expect(page.get_by_role("link", name="Aide", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Accessibilité : partiellement conforme")).to_be_visible()


def test_une_erreur_se_dit_en_haut_et_a_cote_du_champ(live_server, page_connectee, verifier_axe, appel, pilote):
    page = page_connectee(pilote)
    page.goto(f"{live_server.url}{R}criteres/ajouter/")
    page.get_by_label("Intitulé").fill("Qualité")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".resume-erreurs")).to_contain_text("Poids (%)")
    expect(page.get_by_label("Intitulé")).to_have_value("Qualité")
    verifier_axe(page)


def test_monter_un_critere_se_fait_sur_place_et_garde_le_focus(live_server, page_connectee, appel, pilote):
    page = page_connectee(pilote)
    dernier = appel.criteres.last()
    page.goto(f"{live_server.url}{R}criteres/")
    page.locator(f"#monter-{dernier.pk}").click()
    expect(page.locator("#elements tbody tr").first).to_contain_text(dernier.intitule)
    assert page.url.endswith("/criteres/")
    assert appel.criteres.order_by("ordre").first() == dernier


def test_regler_et_publier_se_fait_sans_javascript(live_server, browser, page_connectee, appel, pilote):
    sessions = page_connectee(pilote).context.cookies()
    contexte = browser.new_context(java_script_enabled=False, locale="fr-FR")
    contexte.add_cookies(sessions)
    try:
        page = contexte.new_page()
        page.goto(f"{live_server.url}{R}axes/")
        page.get_by_role("button", name="Descendre").first.click()
        expect(page.locator("tbody tr").first).to_contain_text("Intitulé de l’axe 2")
        page.get_by_role("link", name="Vue d’ensemble").click()
        page.get_by_role("button", name="Publier l’appel").click()
        expect(page.get_by_role("heading", name="L’appel est publié")).to_be_visible()
    finally:
        contexte.close()
    assert AppelAProjets.objects.get().etat == "publie"
