"""Le calcul d’une sélection dans un vrai navigateur : régler, attendre, lire, recommencer, ouvrir le scénario."""

import pytest
from playwright.sync_api import expect

from financements.actions.arbitrage.calculer import demander_un_calcul
from financements.chiffres.arbitrage.parametres import Parametres
from financements.planning import calculer_une_selection
from tests.financements.arbitrage.fabriques import noter_les_projets, petit_arbitrage
from tests.navigateur.conftest import elargir

pytestmark = pytest.mark.django_db(transaction=True)


def test_attendre_lire_changer_une_contrainte_et_ouvrir_le_scenario(live_server, page_connectee, verifier_axe):
    monde = petit_arbitrage()
    noter_les_projets(monde, {1: 70, 2: 60, 3: 50})
    page = page_connectee(monde.pilote)
    for adresse in ("calculs/", "calculs/nouveau/"):
        page.goto(f"{live_server.url}/arbitrage/arbitrage/{adresse}")
        verifier_axe(page)
    calcul = demander_un_calcul(
        auteur=monde.pilote, appel=monde.appel, base=None, nom="Premier essai", parametres=Parametres()
    )
    page.goto(f"{live_server.url}{calcul.get_absolute_url()}")
    expect(page.get_by_role("progressbar")).to_be_visible()
    verifier_axe(page)
    calculer_une_selection(calcul.pk)
    expect(page.get_by_role("heading", name="Ce qui a été trouvé")).to_be_visible()  # sans recharger soi-même
    verifier_axe(page)
    page.get_by_label("Nom du scénario à créer").fill("Second essai")
    page.get_by_text("Planchers par territoire (facultatifs)").click()
    page.get_by_label("Douaisis, projets au moins").fill("9")
    page.get_by_role("button", name="Recalculer").click()
    expect(page.get_by_role("heading", name="Aucune sélection possible")).to_be_visible()
    verifier_axe(page)
    page.get_by_label("Douaisis, projets au moins").fill("2")
    page.get_by_role("button", name="Recalculer").click()
    page.get_by_role("link", name="Ouvrir le scénario").click()
    expect(page.get_by_text("Sélection proposée par un traitement algorithmique")).to_be_visible()
    page.get_by_role("link", name="Comment elle a été calculée").click()
    expect(page.get_by_role("heading", name="Règles et paramètres")).to_be_visible()
    elargir(page, 375)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
