"""Les lettres de décision dans un vrai navigateur : l’organisme lit la sienne, l’agent suit qui a lu."""

import pytest
from playwright.sync_api import Browser, Page, expect

from financements.models import LectureDeNotification
from tests.financements.arbitrage.fabriques import petit_arbitrage
from tests.financements.lettres.fabriques import Notifie, votee
from tests.navigateur.conftest import tenir

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("dossier_prive")]


@pytest.fixture
def notifie(transactional_db: None) -> Notifie:
    """Cinq décisions notifiées : les projets 1 (retenu) et 4 (non retenu) ont un responsable."""
    return votee(petit_arbitrage()).notifier()


def ouvrir_la_lettre(page: Page, accueil: str) -> None:
    """De l’accueil à la lettre ouverte."""
    page.goto(accueil)
    page.get_by_role("link", name="lettre de décision à lire").click()
    page.get_by_role("button", name="Ouvrir la lettre").click()
    expect(page.get_by_text("Ouverte la première fois le")).to_be_visible()


def test_l_organisme_lit_sa_lettre_et_garde_son_pdf(live_server, page_connectee, notifie):
    page = page_connectee(notifie.adhesions[1].personne)
    page.goto(live_server.url)
    tenir(page, "lettre-accueil")
    ouvrir_la_lettre(page, live_server.url)
    expect(page.get_by_text("27 000,00 €").first).to_be_visible()
    tenir(page, "lettre-lue")
    with page.expect_download() as recu:
        page.get_by_role("link", name="Télécharger (PDF)").click()
    assert recu.value.path().read_bytes().startswith(b"%PDF-")
    page.goto(live_server.url)
    expect(page.get_by_role("link", name="lettre de décision à lire")).to_have_count(0)
    assert LectureDeNotification.objects.get().personne == notifie.adhesions[1].personne


def test_un_refus_se_lit_sans_javascript(live_server, browser: Browser, page_connectee, notifie):
    biscuits = page_connectee(notifie.adhesions[4].personne).context.cookies()
    contexte = browser.new_context(java_script_enabled=False, locale="fr-FR")
    contexte.add_cookies(biscuits)
    page = contexte.new_page()
    ouvrir_la_lettre(page, live_server.url)
    expect(page.get_by_text("Les crédits votés ne permettent pas", exact=False)).to_be_visible()
    expect(page.get_by_text("tribunal administratif de Lille", exact=False).first).to_be_visible()
    contexte.close()


def test_l_agent_suit_les_lectures_et_regle_le_modele(live_server, page_connectee, notifie):
    page = page_connectee(notifie.monde.pilote)
    page.goto(live_server.url + notifie.adresse("lettres/"))
    expect(page.get_by_role("heading", name="Lettres", exact=False).first).to_be_visible()
    tenir(page, "lettres-suivi")
    page.goto(f"{live_server.url}/financements/{notifie.monde.appel.slug}/lettres/")
    tenir(page, "lettres-modeles")
    page.get_by_role("link", name="retenu", exact=False).first.click()
    expect(page.get_by_role("button", name="Enregistrer").first).to_be_visible()
    tenir(page, "lettres-modele")
