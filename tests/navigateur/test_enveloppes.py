"""Prévisualiser, valider, puis une nouvelle version, dans un vrai navigateur : clavier, axe, étroit."""

import pytest
from playwright.sync_api import Page, expect

from financements.models import Repartition
from tests.financements.enveloppes.scenes import enveloppe_votee
from tests.navigateur.conftest import attendre_htmx, tenir

pytestmark = pytest.mark.django_db(transaction=True)


def test_previsualiser_valider_puis_une_nouvelle_version(page_connectee, live_server):
    enveloppe_votee(slug="essai")
    page: Page = page_connectee("pilote")
    page.goto(f"{live_server.url}/arbitrage/essai/")
    page.get_by_role("link", name="Enveloppes").click()
    page.wait_for_url("**/enveloppes/")
    tenir(page, "enveloppes")
    page.get_by_role("link", name="Prévisualiser une répartition").click()
    valider(page, reserve="10 %", motif="premier partage", version=1)
    expect(page.get_by_text("premier partage")).to_be_visible()
    expect(page.get_by_text("L’empreinte recalculée est celle d’alors.")).to_be_visible()
    tenir(page, "version")
    page.go_back()
    page.goto(f"{live_server.url}/arbitrage/essai/enveloppes/repartir/")
    page.get_by_label("Par rapport à").select_option("version")
    page.get_by_label("Perte au plus (%)").fill("0")
    # Sans réserve, personne ne perd : le calcul se refait sur place, l’adresse le dit.
    valider(page, reserve="", motif="la réserve est rendue", version=2)
    assert list(Repartition.objects.values_list("version", "motif")) == [
        (2, "la réserve est rendue"),
        (1, "premier partage"),
    ]


def valider(page: Page, *, reserve: str, motif: str, version: int) -> None:
    page.wait_for_load_state()
    champ = page.get_by_label("Réserve 2016")
    champ.fill(reserve)
    champ.press("Enter")
    attendre_htmx(page)  # le calcul d’avant porte peut-être déjà ce titre
    resume = page.get_by_role("heading", name=f"Version {version}, prévisualisée")
    expect(resume).to_be_visible()
    page.wait_for_url("**reserve_2016=**")
    page.get_by_text("L’arrondi de 2016").click()
    tenir(page, f"repartir-{version}")
    page.get_by_label("Motif").fill(motif)
    page.get_by_role("button", name="Valider cette répartition").click()
    expect(page.get_by_role("heading", name=f"Répartition, version {version}")).to_be_visible()
