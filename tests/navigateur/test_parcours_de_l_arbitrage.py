"""Du prorata au vote, sur les 1 350 projets de l’appel de 2016 : par les pages seules, dans un vrai navigateur."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from playwright.sync_api import Page, expect

from comptes.models import Personne
from financements.actions.charger_appel_en_arbitrage import charger_appel_en_arbitrage
from financements.chiffres.arbitrage.panneau import Panneau
from financements.models import Action, Decision, Repartition, Scenario, Tranche
from projets.models import AppelAProjets
from projets.states import EtatAppel
from territoires.actions.charger_nord import charger_nord
from territoires.models import Territoire
from tests.comptes.fabriques import PersonneFactory
from tests.navigateur.conftest import attendre_htmx

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]


def appel_de_2016() -> tuple[AppelAProjets, Personne]:
    charger_nord(auteur=None)
    pilote = PersonneFactory(role="pilote")
    for _ in range(2):
        PersonneFactory(role="instructeur").territoires.set(Territoire.objects.all())
    return charger_appel_en_arbitrage(), pilote


def test_du_prorata_au_vote(page_connectee, live_server):
    appel, pilote = appel_de_2016()
    page: Page = page_connectee(pilote)
    page.goto(f"{live_server.url}/arbitrage/{appel.slug}/")
    repartir_avec_une_reserve(page)
    partir_des_propositions(page)
    proposer_une_selection(page)
    comparer(page)
    tenir_un_comite(page)
    adopter(page, appel)
    voter(page, appel)


def onglet(page: Page, nom: str) -> None:
    page.get_by_label("Pages de l’arbitrage").get_by_role("link", name=nom, exact=True).click()


def repartir_avec_une_reserve(page: Page) -> None:
    """Une nouvelle version au prorata, 1 % gardé hors des territoires chaque année."""
    onglet(page, "Enveloppes")
    page.get_by_role("link", name="Prévisualiser une répartition").click()
    page.wait_for_url("**/repartir/")
    for annee in (2016, 2017, 2018):
        page.get_by_label(f"Réserve {annee}").fill("1 %")
    page.get_by_label("Réserve 2018").press("Enter")
    attendre_htmx(page)
    page.wait_for_url("**reserve_2018=**")
    expect(page.get_by_role("heading", name="Version 2, prévisualisée")).to_be_visible()
    page.get_by_label("Motif").fill("Une réserve d’un pour cent.")
    page.get_by_role("button", name="Valider cette répartition").click()
    expect(page.get_by_role("heading", name="Répartition, version 2")).to_be_visible()
    reserve = Repartition.objects.get(version=2).reserves.aggregate(Sum("montant"))["montant__sum"]
    assert reserve == Decimal("742800.01")  # chaque année s’arrondit à part
    page.go_back()


def partir_des_propositions(page: Page) -> None:
    """Les propositions de l’instruction dépassent : l’adoption dit où, et n’adopte rien."""
    page.goto(page.url.split("/enveloppes/")[0] + "/scenarios/")
    page.get_by_role("link", name="Nouveau scénario").click()
    page.get_by_label("Nom").fill("Propositions")
    page.get_by_role("button", name="Créer le scénario").click()
    expect(page.locator("#essentiel")).to_contain_text("au-delà de l’enveloppe")
    page.get_by_role("link", name="Arrêter les propositions").click()
    expect(page.get_by_role("heading", name="Enveloppes dépassées")).to_be_visible()
    page.get_by_role("button", name="Signer la dérogation et adopter").click()
    expect(page.get_by_text("Cochez pour signer.").first).to_be_visible()
    page.get_by_role("link", name="Renoncer").click()


def proposer_une_selection(page: Page) -> None:
    onglet(page, "Calculs")
    page.get_by_role("link", name="Proposer une sélection").click()
    page.get_by_label("Nom du scénario à créer").fill("Calculée")
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_role("heading", name="Ce qui a été trouvé")).to_be_visible()
    page.get_by_role("link", name="Ouvrir le scénario").click()
    expect(page.get_by_role("heading", name="Calculée")).to_be_visible()
    assert Panneau(Scenario.objects.select_related("appel").get(nom="Calculée")).depassements == []


def comparer(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="Comparer").first.click()
    page.get_by_label("Comparé à").select_option(label="Propositions")
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("heading", name="Projet par projet")).to_be_visible()
    expect(page.get_by_text("D’où vient l’écart")).to_be_visible()


def tenir_un_comite(page: Page) -> None:
    """L’axe 1 à l’ordre du jour : un amendement en séance, les écarts à la note justifiés, la photographie."""
    onglet(page, "Comités")
    page.get_by_role("link", name="Préparer un comité").click()
    page.get_by_label("Scénario examiné").select_option(label="Calculée")
    page.get_by_label("Tenu le").fill("2016-05-30")
    page.get_by_label("Lieu").fill("Lille")
    page.get_by_label("Présidé par").fill("La présidente")
    page.get_by_label("1. Médiation directe vers l’emploi").check()
    page.get_by_label("Règle pour départager").fill("Le plus grand nombre d’allocataires.")
    page.get_by_role("button", name="Préparer le comité").click()
    expect(page.get_by_role("button", name="Noter présent")).to_be_visible()
    page.get_by_label("Nom").fill("Anne Leroy")
    page.get_by_label("Qualité").fill("conseillère départementale")
    page.get_by_role("button", name="Noter présent").click()
    expect(page.get_by_text("Présence notée : Anne Leroy.")).to_be_visible()
    page.get_by_role("link", name="Ouvrir la séance").click()
    page.get_by_role("button", name="Ouvrir la séance").click()
    page.get_by_label("non retenu").check()
    page.get_by_label("Motif", exact=False).first.fill("Déjà financé ailleurs.")
    page.get_by_role("button", name="Enregistrer l’amendement").click()
    expect(page.get_by_text("Amendement enregistré")).to_be_visible()
    clore_le_comite(page)


def clore_le_comite(page: Page) -> None:
    page.get_by_role("link", name="Clore…").click()
    page.wait_for_url("**/clore/")
    justifier = page.get_by_role("link", name="Justifier les écarts")
    if justifier.count():
        justifier.click()
        page.wait_for_url("**/ecarts/")  # entière : « Tout cocher » est un script
        page.get_by_label("Tout cocher").check()
        page.get_by_label("Justification").fill("L’enveloppe du territoire n’y suffisait pas.")
        page.get_by_role("button", name="Justifier les écarts cochés").click()
        expect(page.get_by_text("Écarts justifiés :")).to_be_visible()
        page.get_by_role("link", name="Séance").click()
        page.get_by_role("link", name="Clore…").click()
    page.get_by_role("button", name="Clore et photographier").click()
    expect(page.get_by_text("Le comité est clos")).to_be_visible()


def adopter(page: Page, appel: AppelAProjets) -> None:
    page.goto(page.url.split("/arbitrage/")[0] + f"/arbitrage/{appel.slug}/scenarios/")
    page.get_by_role("link", name="Calculée").click()
    page.get_by_role("link", name="Arrêter les propositions").click()
    expect(page.get_by_text("Chaque enveloppe tient, au centime")).to_be_visible()
    page.get_by_role("button", name="Adopter «").click()
    expect(page.get_by_text("est adopté")).to_be_visible()
    adopte = Scenario.objects.select_related("appel").get(appel=appel, etat="adopte")
    assert (adopte.nom, Panneau(adopte).depassements) == ("Calculée", [])


def voter(page: Page, appel: AppelAProjets) -> None:
    """Les décisions sont celles du scénario, au centime ; rien ne se notifie avant l’exécutoire."""
    adopte = Panneau(Scenario.objects.select_related("appel").get(appel=appel, etat="adopte"))
    page.get_by_role("link", name="Enregistrer le vote").click()
    page.get_by_label("Référence de la délibération").fill("DLES/2016/131")
    page.get_by_label("Adoptée le").fill("2016-06-13")
    page.get_by_label("Voix pour").fill("70")
    page.get_by_role("button", name="Enregistrer le vote").click()
    expect(page.get_by_text("Rien n’est notifié aux organismes.")).to_be_visible()
    expect(page.get_by_text("pas exécutoire")).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator("summary", has_text="Notifier")).to_have_count(0)
    assert Action.objects.filter(projet__appel=appel).count() == adopte.totaux.retenus
    assert Decision.objects.filter(deliberation__adoptee_le=date(2016, 6, 13)).count() == 1335
    vote = Tranche.objects.filter(action__projet__appel=appel).aggregate(Sum("montant"))["montant__sum"]
    assert vote == adopte.total.periode.propose
    appel.refresh_from_db()
    assert appel.etat == EtatAppel.DELIBERE
