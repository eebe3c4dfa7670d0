"""Du scénario adopté au solde payé, par les pages seules : pilote, finances et porteur, chacun dans son navigateur."""

import csv
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from playwright.sync_api import Browser, Page, expect

import comptes.planning  # noqa: F401 (enregistre la tâche d’analyse, appelée par son nom)
from comptes.models import Personne
from comptes.states import FormeJuridique
from financements.actions.arbitrage.adopter import adopter
from financements.models import Action, Bilan, Convention, MouvementDEngagement, Notification, Versement
from projets.models import AppelAProjets
from projets.states import EtatAppel, EtatProjet, SensDeLAvis
from tests.comptes.fabriques import AdhesionFactory, CompteBancaireFactory, OrganismeFactory, PersonneFactory
from tests.financements.arbitrage.fabriques import ANNEES, PetitArbitrage, avis_sur, petit_arbitrage
from tests.navigateur.conftest import DELAI, laisser_finir
from tests.projets.fabriques import ProjetFactory
from tests.socle.fichiers_d_essai import pdf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("dossier_prive")]
RETOUR = ("identifiant", "statut", "montant", "mandat", "bordereau", "emis_le", "paye_le", "motif")
AIDE = "30000.00"  # par an : au-dessus de 23 000 €, une convention est obligatoire


@pytest.fixture
def entrer(live_server, browser: Browser) -> Iterator[Callable[[Personne], Page]]:
    """`entrer(personne)` : une page dans un navigateur à elle, où toute erreur de script fait échouer l’essai."""
    contextes, erreurs = [], []

    def ouvrir(personne: Personne) -> Page:
        contexte = browser.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris")
        contextes.append(contexte)
        client = Client()
        client.force_login(personne)
        biscuit = client.cookies["sessionid"].value
        contexte.add_cookies([{"name": "sessionid", "value": biscuit, "url": live_server.url}])
        page = contexte.new_page()
        page.on("pageerror", lambda erreur: erreurs.append(f"{page.url} : {erreur}"))
        page.set_default_timeout(DELAI)
        return page

    yield ouvrir
    for contexte in contextes:
        for page in contexte.pages:
            laisser_finir(page)
        contexte.close()
    assert erreurs == []


@transaction.atomic
def deux_projets_adoptes() -> tuple[PetitArbitrage, Personne]:
    """Deux projets d’associations, l’un au-dessus du seuil, dans le scénario adopté ; le porteur du premier."""
    monde = petit_arbitrage(cp="100000.00")
    for projet in monde.projets.values():
        projet.etat = EtatProjet.CLASSE
        projet.save(update_fields=["etat"])
    adhesion = AdhesionFactory(
        role="responsable",
        organisme__nom="Les Jardins du Hainaut",
        organisme__forme_juridique=FormeJuridique.ASSOCIATION,
        organisme__courriel="contact@jardins.exemple.fr",
    )
    petite = OrganismeFactory(nom="Lire à Douai", forme_juridique=FormeJuridique.ASSOCIATION)
    axe = monde.projets[1].axe
    for numero, organisme, aide in ((11, adhesion.organisme, AIDE), (12, petite, "2000.00")):
        CompteBancaireFactory(organisme=organisme)
        projet = ProjetFactory(
            axe=axe,
            numero=numero,
            organisme=organisme,
            etat=EtatProjet.INSTRUIT,
            territoires={monde.territoires["VAL"]: "100"},
            budget=dict.fromkeys(ANNEES, (str(Decimal(aide) * 2), aide)),
        )
        avis_sur(projet, SensDeLAvis.FAVORABLE, dict.fromkeys(ANNEES, aide), monde.pilote)
    adopter(auteur=monde.pilote, scenario=monde.scenario("Adopté"))
    return monde, adhesion.personne


def test_du_scenario_adopte_au_solde_paye(entrer, tmp_path):
    monde, porteur = deux_projets_adoptes()
    appel = monde.appel
    pilote, finances = entrer(monde.pilote), entrer(PersonneFactory(role="finances"))
    regler_les_versements(finances, appel)
    voter(pilote, appel)
    rien_avant_l_executoire(finances, entrer(porteur), appel)
    notifier(finances, appel)
    conventionner(finances, appel)
    payer_les_avances_de_2016(finances, appel, tmp_path)
    page = entrer(porteur)
    remplir_le_bilan(page, pilote, appel)
    valider_le_bilan(pilote, appel)
    deposer_la_piece(page, tmp_path)
    liberer_2017(finances, appel)
    payer_le_solde(finances, appel, tmp_path)
    tout_se_retrouve(finances, appel)


def regler_les_versements(page: Page, appel: AppelAProjets) -> None:
    """80 % puis 20 % sur bilan."""
    page.goto(f"/financements/{appel.slug}/versements/regles/")
    page.get_by_role("link", name="Partir de « 80 % puis 20 % sur bilan »").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("par défaut", exact=True)).to_be_visible()


def voter(page: Page, appel: AppelAProjets) -> None:
    page.goto(f"/arbitrage/{appel.slug}/scenarios/")
    page.get_by_role("link", name="Adopté", exact=True).click()
    page.get_by_role("link", name="Enregistrer le vote").click()
    page.get_by_label("Référence de la délibération").fill("DLES/2016/131")
    page.get_by_label("Adoptée le").fill("2016-06-13")
    page.get_by_label("Voix pour").fill("70")
    page.get_by_role("button", name="Enregistrer le vote").click()
    expect(page.get_by_text("Rien n’est notifié aux organismes.")).to_be_visible()
    appel.refresh_from_db()
    assert appel.etat == EtatAppel.DELIBERE


def rien_avant_l_executoire(page: Page, du_porteur: Page, appel: AppelAProjets) -> None:
    """Ni bouton pour notifier, ni décision au portail, ni engagement."""
    ouvrir_la_deliberation(page, appel)
    expect(page.get_by_text("pas exécutoire")).to_be_visible()
    expect(page.locator("summary", has_text="Notifier")).to_have_count(0)
    du_porteur.goto("/mes-projets/")
    expect(du_porteur.get_by_text("en instruction").first).to_be_visible()
    expect(du_porteur.get_by_text("retenu", exact=True)).to_have_count(0)
    assert (Notification.objects.count(), MouvementDEngagement.objects.count()) == (0, 0)


def ouvrir_la_deliberation(page: Page, appel: AppelAProjets) -> None:
    page.goto(f"/financements/{appel.slug}/deliberations/")
    page.get_by_role("link", name="DLES/2016/131").click()
    expect(page.get_by_role("heading", name="Délibération DLES/2016/131")).to_be_visible()


def notifier(page: Page, appel: AppelAProjets) -> None:
    page.get_by_label("Transmise").fill("2016-06-20")
    page.get_by_label("Publiée").fill("2016-06-21")
    page.get_by_role("button", name="Enregistrer les dates").click()
    expect(page.get_by_text("exécutoire depuis le")).to_be_visible()
    page.get_by_text("Notifier 2 décisions", exact=True).click()
    page.get_by_role("button", name="Confirmer : notifier 2 décisions").click()
    expect(page.get_by_text("2 décisions notifiées", exact=False).first).to_be_visible()
    assert Notification.objects.count() == 2
    engagees = set(MouvementDEngagement.objects.values_list("action__projet__numero", flat=True))
    assert engagees == {12}  # l’autre attend sa convention


def conventionner(page: Page, appel: AppelAProjets) -> None:
    """Éditer ce que la loi oblige, puis enregistrer les signatures d’un coup : l’action s’engage."""
    page.goto(f"/financements/{appel.slug}/conventions/")
    page.get_by_role("button", name="Éditer 1 convention").click()
    expect(page.get_by_text("1 éditée.")).to_be_visible()
    page.get_by_role("link", name="Enregistrer les signatures").click()
    page.get_by_label("Signées par les organismes le").fill(aujourd_hui(page))
    page.get_by_label("Signées par le département le").fill(aujourd_hui(page))
    page.get_by_label("Seulement celles dont").uncheck()
    page.get_by_role("button", name="Enregistrer les signatures").click()
    expect(page.get_by_text("1 signée.")).to_be_visible()
    convention = Convention.objects.get()
    assert (convention.etat, convention.action.projet.numero) == ("signee", 11)
    engage = {action.projet.numero: action for action in Action.objects.all()}
    assert sum(m.montant for m in engage[11].engagements.all()) == Decimal("90000.00")


def aujourd_hui(page: Page) -> str:
    return str(page.evaluate("new Date().toLocaleDateString('sv-SE', {timeZone: 'Europe/Paris'})"))


def payer_les_avances_de_2016(page: Page, appel: AppelAProjets, dossier: Path) -> None:
    """Liquider tout ce qui est prêt, puis relire le retour du progiciel : mandats et paiements."""
    page.goto(f"/financements/{appel.slug}/versements/?exercice=2016")
    page.get_by_text("Liquider tous les versements prêts de cette liste").click()
    page.get_by_role("button", name="Confirmer : liquider 2 versements").click()
    expect(page.get_by_text("2 versements liquidés", exact=False).first).to_be_visible()
    liquides = list(Versement.objects.filter(etat="liquide").order_by("reference"))
    assert [str(un.montant) for un in liquides] == ["24000.00", "1600.00"]
    importer_le_retour(page, appel, dossier, liquides)
    assert set(Versement.objects.filter(exercice=2016).values_list("etat", flat=True)) == {"paye"}


def importer_le_retour(page: Page, appel: AppelAProjets, dossier: Path, liquides: list[Versement]) -> None:
    fichier = dossier / "retour.csv"
    with fichier.open("w", encoding="utf-8", newline="") as ouvert:
        plume = csv.writer(ouvert, delimiter=";")
        plume.writerow(RETOUR)
        plume.writerows(
            [un.reference, "payé", f"{un.montant}".replace(".", ","), f"M{rang}", "B1", "15/09/2016", "20/09/2016", ""]
            for rang, un in enumerate(liquides, start=1)
        )
    page.goto(f"/financements/{appel.slug}/exporter/progiciel/retours/")
    page.locator("input[type=file]").set_input_files(fichier)
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_role("button", name="Importer ce retour").click()
    expect(page.get_by_text("constatés", exact=False).first).to_be_visible()


def remplir_le_bilan(du_porteur: Page, pilote: Page, appel: AppelAProjets) -> None:
    """Le service ouvre les bilans de 2016 ; l’organisme dit ce qu’il a fait et dépensé, et le dépose."""
    pilote.goto(f"/financements/{appel.slug}/bilans/reglages/")
    pilote.locator("select[name=annee]").select_option("2016")
    pilote.get_by_role("button", name="Ouvrir les bilans").click()
    expect(pilote.get_by_text("bilans ouverts", exact=False).first).to_be_visible()
    projet = Action.objects.get(projet__numero=11).projet_id
    du_porteur.goto(f"/mes-projets/{projet}/bilan/2016/resultats/")
    for champ, texte in (("effectif_accompagnes", "40"), ("realisation", "Des ateliers."), ("resultats", "Douze.")):
        du_porteur.locator(f"[name={champ}]").fill(texte)
    du_porteur.get_by_role("button", name="Continuer").click()
    du_porteur.wait_for_url("**/finances/")
    du_porteur.wait_for_load_state()
    du_porteur.locator("[name=c_601_2016]").fill("50000")
    du_porteur.locator("[name=c_74dep_2016]").fill("24000")
    du_porteur.locator("[name=c_70_2016]").fill("26000")
    du_porteur.get_by_role("button", name="Continuer").click()
    du_porteur.wait_for_url("**/pieces/")
    du_porteur.goto(f"/mes-projets/{projet}/bilan/2016/verification/")
    du_porteur.get_by_label("Je certifie exactes").check()
    du_porteur.get_by_role("button", name="Déposer le bilan").click()
    expect(du_porteur.get_by_text("déposé", exact=False).first).to_be_visible()
    assert list(Bilan.objects.order_by("action__projet__numero").values_list("etat", flat=True)) == [
        "depose",
        "a_remplir",
    ]


def valider_le_bilan(page: Page, appel: AppelAProjets) -> None:
    """Le pilote retient le coût réel que donnent les lignes : 50 000 € pour 60 000 € prévus."""
    page.goto(f"/financements/{appel.slug}/bilans/?etat=depose")
    page.get_by_role("link", name="Les Jardins du Hainaut").or_(
        page.get_by_role("link", name="Projet d’essai")
    ).first.click()
    page.get_by_role("link", name="Valider").click()
    page.get_by_label("Coût réel éligible retenu (€)").fill("50000")
    page.get_by_role("button", name="Valider le bilan").click()
    expect(page.get_by_text("validé", exact=False).first).to_be_visible()
    assert Bilan.objects.get(etat="valide").cout_reel == Decimal("50000.00")


def deposer_la_piece(du_porteur: Page, dossier: Path) -> None:
    """Le décompte que le solde attend, par le portail."""
    fichier = dossier / "decompte.pdf"
    fichier.write_bytes(pdf())
    du_porteur.goto(f"/mes-versements/{Action.objects.get(projet__numero=11).projet_id}/")
    du_porteur.locator("input[type=file]").first.set_input_files(fichier)
    du_porteur.get_by_role("button", name="Déposer").first.click()
    expect(du_porteur.get_by_text("déposé", exact=False).first).to_be_visible()


def liberer_2017(page: Page, appel: AppelAProjets) -> None:
    """Seule l’action dont le bilan est validé a son avance de 2017 ; l’autre dit ce qui lui manque."""
    page.goto(f"/financements/{appel.slug}/versements/?exercice=2017")
    expect(
        page.get_by_role("row").filter(has_text="Lire à Douai").filter(has_text="bilan de 2016").first
    ).to_be_visible()
    verifier_la_piece(page, appel)
    page.goto(f"/financements/{appel.slug}/versements/?exercice=2017&pret=prets")
    page.get_by_text("Liquider tous les versements prêts de cette liste").click()
    page.get_by_role("button", name="Confirmer : liquider").click()
    expect(page.get_by_text("liquidés", exact=False).first).to_be_visible()


def verifier_la_piece(page: Page, appel: AppelAProjets) -> None:
    """min(30 000, 50 000 × 50 %) − 24 000 = 1 000 € ; le reste de la tranche est dégagé, et la pièce vue."""
    page.goto(f"/financements/{appel.slug}/actions/11/execution/")
    expect(page.get_by_text("2016 : +1 000,00 €")).to_be_visible()
    page.get_by_role("link", name="Solde 2016").click()
    with page.expect_download() as recu:
        page.get_by_role("link", name="decompte.pdf").click()
    assert recu.value.path().read_bytes() == pdf()
    page.get_by_role("button", name="Vérifiée").click()
    expect(page.get_by_text("Rien ne manque")).to_be_visible()


def payer_le_solde(page: Page, appel: AppelAProjets, dossier: Path) -> None:
    """Le solde de 2016 et l’avance de 2017, mandatés puis payés au retour du progiciel."""
    liquides = list(Versement.objects.filter(etat="liquide").order_by("reference"))
    assert [(un.nature, un.annee, str(un.montant)) for un in liquides] == [
        ("solde", 2016, "1000.00"),
        ("avance", 2017, "24000.00"),
    ]
    importer_le_retour(page, appel, dossier, liquides)


def tout_se_retrouve(page: Page, appel: AppelAProjets) -> None:
    """Payé, engagé et reste, à l’écran comme dans la base."""
    payes = Versement.objects.filter(etat="paye").aggregate(somme=Sum("montant"))["somme"]
    assert payes == Decimal("50600.00")
    page.goto(f"/financements/{appel.slug}/suivi/")
    expect(page.get_by_text("50 600,00 €").first).to_be_visible()
