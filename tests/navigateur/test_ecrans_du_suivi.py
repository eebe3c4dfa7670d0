"""Les écrans du suivi dans un vrai navigateur : accessibilité, rien ne déborde."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from financements.models import PlanificationDeRapport
from tests.financements.suivi.scenes import execute
from tests.navigateur.conftest import elargir, examiner

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "/",
    "/financements/essai/suivi/",
    "/financements/essai/axes/1/",
    "/financements/essai/organismes/",
    "/financements/essai/territoires/SUD/",
    "/financements/essai/cloture/2016/",
    "/rapports/planifies/",
    "/rapports/planifies/nouveau/",
)


@pytest.mark.parametrize("largeur", [1280, 375])
def test_les_ecrans_du_suivi_passent_axe_et_ne_debordent_pas(
    live_server: Any, page_connectee: Callable[..., Page], largeur: int
) -> None:
    (une, *_) = execute()
    planifie = PlanificationDeRapport.objects.create(appel=une.projet.appel)
    page = page_connectee("finances")
    elargir(page, largeur)
    adresses = (*PAGES, planifie.get_absolute_url())
    debordements = {}
    for adresse in adresses:
        page.goto(live_server.url + adresse)
        examiner(page)
        debordements[adresse] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert debordements == dict.fromkeys(adresses, 0)
