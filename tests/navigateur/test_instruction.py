"""L’instruction de bout en bout, dans un vrai navigateur : de la file à l’avis, un complément, une collision."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from comptes.models import Personne
from comptes.states import Role
from config.socle.templatetags.socle import jour
from projets.models import AvisInstruction, Depot, Projet
from projets.rules.depot import rejet_implicite_le
from projets.states import EtatAppel
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.projets.complets import projet_complet, responsable_pret
from tests.projets.fabriques import AppelFactory, AxeFactory, CritereFactory, PointFactory, ProjetFactory
from tests.projets.pieces import depot_avec
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)


def instructeur(nom: str, projet: Projet) -> Personne:
    """Un instructeur du territoire du projet."""
    personne = PersonneFactory(role=Role.INSTRUCTEUR, prenom="Marie", nom=nom)
    personne.territoires.add(projet.parts.get().territoire)
    return personne


@pytest.fixture
def projet(live_server: Any) -> Projet:
    """Un projet déposé il y a dix jours sur un appel qui a un point de recevabilité et deux critères."""
    appel = AppelFactory(etat=EtatAppel.INSTRUCTION, prefixe="AAP26")
    PointFactory(appel=appel, ordre=1, intitule="Complétude")
    for ordre, intitule in enumerate(("Réponse au besoin", "Méthode"), 1):
        CritereFactory(appel=appel, ordre=ordre, intitule=intitule, poids=50)
    axe = AxeFactory(appel=appel, numero=1)
    depose_le = timezone.now() - timedelta(days=10)
    return ProjetFactory(
        axe=axe, intitule="Garage solidaire", depose_le=depose_le, territoires={TerritoireFactory(): 100}
    )


def test_de_la_file_a_l_avis(live_server: Any, page_connectee: Any, projet: Projet) -> None:
    page = page_connectee(instructeur("Dupont", projet))
    page.goto(f"{live_server.url}/instruction/?portee=territoires")
    page.get_by_role("link", name="Garage solidaire").click()
    page.get_by_role("button", name="Prendre ce projet").click()
    expect(page.locator("#affectation strong", has_text="Marie Dupont")).to_be_visible()
    page.get_by_role("button", name="Déclarer recevable").click()
    expect(page.get_by_text("ne peut pas être déclaré recevable")).to_be_visible()
    page.get_by_role("group", name="Complétude").get_by_label("Oui").check()
    page.get_by_role("button", name="Enregistrer le contrôle").click()
    expect(page.get_by_text("1 point sur 1")).to_be_visible()
    page.get_by_role("button", name="Déclarer recevable").click()
    expect(page.get_by_text("Le projet est recevable.")).to_be_visible()
    expect(page.locator(".etat", has_text="recevable").first).to_be_visible()
    for critere in ("Réponse au besoin", "Méthode"):
        groupe = page.get_by_role("group", name=critere)
        groupe.locator("label", has_text="4").click()
        groupe.get_by_role("textbox").fill("Solide et argumenté.")
    page.get_by_role("button", name="Rendre la notation").click()
    expect(page.get_by_text("Notation rendue.")).to_be_visible()
    expect(page.get_by_text("80,00").first).to_be_visible()
    avis = page.locator("#avis")
    avis.locator("label", has_text="Favorable").first.click()
    avis.get_by_label("Motif").fill("Le besoin est réel.")
    for annee in (2016, 2017, 2018):
        avis.get_by_label(f"Proposé {annee}").fill("9000")
    avis.get_by_role("button", name="Rendre l’avis").click()
    expect(page.locator(".etat", has_text="instruit").first).to_be_visible()
    rendu = AvisInstruction.objects.get()
    assert (rendu.sens, sum(p.montant for p in rendu.propositions.all())) == ("favorable", 27_000)


def test_un_complement_suspend_le_delai_et_le_porteur_repond(live_server: Any, page_connectee: Any) -> None:
    adhesion = responsable_pret(forme_juridique="ccas")
    projet = projet_complet(adhesion)
    porteur = page_connectee(adhesion.personne)
    verification = f"{live_server.url}/mes-projets/{projet.pk}/verification/"
    deposer(porteur, verification, "Déposer le projet")
    service = PersonneFactory(pilote=True)
    page = page_connectee(service)
    fiche = f"{live_server.url}/instruction/{projet.pk}/"
    page.goto(fiche)
    recu = timezone.localdate()
    expect(page.get_by_text(f"Rejet implicite le {jour(rejet_implicite_le(recu))}")).to_be_visible()
    page.get_by_role("button", name="Demander un complément").click()
    page.get_by_label("Ce qui manque").fill("Précisez les résultats attendus.")
    echeance = recu + timedelta(days=15)
    page.get_by_label("À fournir au plus tard le").fill(echeance.isoformat())
    page.get_by_role("button", name="Demander").click()
    repousse = rejet_implicite_le(recu) + timedelta(days=15)
    expect(page.get_by_text(f"Rejet implicite le {jour(repousse)}")).to_be_visible()
    page = page_connectee(adhesion.personne)
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/action/")
    page.get_by_label("Résultats attendus").fill("Deux familles sur trois en emploi, bilan écrit chaque année.")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/publics/")
    deposer(page, verification, "Rendre le complément")
    page = page_connectee(service)
    page.goto(fiche)
    expect(page.get_by_text("bilan écrit chaque année").first).to_be_visible()
    assert list(Depot.objects.values_list("version", flat=True)) == [1, 2]


def deposer(page: Page, verification: str, bouton: str) -> None:
    page.goto(verification)
    for case in page.get_by_role("checkbox").all():
        case.check()
    for choix in page.get_by_role("radio", name="inférieur ou égal").all():
        choix.check()
    page.get_by_role("button", name=bouton).click()
    page.wait_for_url(lambda adresse: not adresse.endswith("/verification/"))
    expect(page.get_by_role("heading", name="Accusés de réception")).to_be_visible()


def test_deux_instructeurs_se_voient_et_un_seul_decide(
    live_server: Any, page_connectee: Any, browser: Browser, projet: Projet
) -> None:
    fiche = f"{live_server.url}/instruction/{projet.pk}/"
    page = page_connectee(PersonneFactory(pilote=True, prenom="Marie", nom="Dupont"))
    with page.expect_response("**/presence/"):
        page.goto(fiche)
    autre = browser.new_context(locale="fr-FR")
    autre.add_cookies(biscuits_de(instructeur("Martin", projet), live_server.url))
    collegue = autre.new_page()
    collegue.goto(fiche)
    expect(collegue.get_by_role("status").get_by_text("Marie Dupont consulte aussi ce projet.")).to_be_visible()
    with page.expect_response(lambda r: "fait=decide" in (r.request.post_data or "")):
        page.goto(f"{live_server.url}/instruction/{projet.pk}/classement/")
    page.get_by_label("Motif du classement").fill("Organisme dissous, liquidateur nommé.")
    collegue.reload()
    expect(collegue.get_by_text("Marie Dupont remplit un formulaire sur ce projet.")).to_be_visible()
    collegue.get_by_role("button", name="Demander un complément").click()
    collegue.get_by_label("Ce qui manque").fill("Le RIB")
    demain = timezone.localdate() + timedelta(days=1)
    collegue.get_by_label("À fournir au plus tard le").fill(demain.isoformat())
    collegue.get_by_role("button", name="Demander").click()
    expect(collegue.get_by_text("Complément demandé, mais l’organisme n’a ni compte")).to_be_visible()
    page.get_by_role("button", name="Classer sans suite").click()
    expect(page.get_by_text("complément demandé par Marie Martin").first).to_be_visible()
    expect(page.get_by_label("Motif du classement")).to_have_value("Organisme dissous, liquidateur nommé.")
    assert Projet.objects.get().etat == "incomplet"
    autre.close()


def biscuits_de(personne: Personne, adresse: str) -> Any:
    client = Client()
    client.force_login(personne)
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": adresse}]


def test_d_un_autre_territoire_rien_ne_s_ouvre(live_server: Any, page_connectee: Any, projet: Projet) -> None:
    depot_avec(projet, DocumentFactory(organisme=projet.organisme))
    ailleurs = PersonneFactory(role=Role.INSTRUCTEUR)
    ailleurs.territoires.add(TerritoireFactory())
    du_territoire = instructeur("Dupont", projet)
    siens = page_connectee(du_territoire)
    assert siens.request.get(f"{live_server.url}/projets/{projet.pk}/depots/1/pieces/0/").status == 200
    page = page_connectee(ailleurs)
    adresses = [
        f"/instruction/{projet.pk}/",
        f"/instruction/{projet.pk}/?onglet=historique",
        f"/projets/{projet.pk}/depots/1/pieces/0/",
        f"/instruction/{projet.pk}/journal/",
        f"/instruction/{projet.pk}/journal/export.csv",
        f"/instruction/{projet.pk}/complement/",
        f"/projets/{projet.pk}/",
    ]
    codes = {adresse: page.request.get(live_server.url + adresse).status for adresse in adresses}
    assert codes == dict.fromkeys(adresses, 404)
    for methode, adresse in (("get", "/instruction/?q=garage+solidaire"), ("post", "/instruction/suivi/export.csv")):
        vus = ["Garage solidaire" in lu_par(personne, methode, adresse) for personne in (du_territoire, ailleurs)]
        assert vus == [True, False], adresse


def lu_par(personne: Personne, methode: str, adresse: str) -> str:
    """Ce que cette personne reçoit, en entier."""
    client = Client()
    client.force_login(personne)
    return getattr(client, methode)(adresse).getvalue().decode()
