"""Ce qui est tapé dans un formulaire ordinaire revient après une session expirée, et s’efface une fois reçu."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from comptes.models import Organisme, Personne
from comptes.states import Role
from projets.models import DemandeDeComplement, MessageDuProjet, Projet
from tests.comptes.fabriques import MOT_DE_PASSE, PersonneFactory, ResponsableFactory
from tests.projets.fabriques import AppelFactory, ProjetFactory

pytestmark = pytest.mark.django_db(transaction=True)

TEXTE = "Un long texte,\nsur deux lignes, que l’on ne retapera pas."
RETROUVE = "Ce que vous aviez tapé ici n’avait pas été reçu : le voici. Relisez, puis envoyez."


@pytest.fixture
def responsable(live_server: Any) -> Personne:
    return ResponsableFactory(organisme__nom="Association d’essai").personne


@pytest.fixture
def projet(responsable: Personne) -> Projet:
    return ProjetFactory(organisme=Organisme.objects.get())


def perdre_la_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def se_connecter(page: Page, personne: Personne) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    page.get_by_label("Adresse électronique").fill(personne.email)
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()


def gardes(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((cle) => cle.startsWith('mille-actions:garde:'))")


def champ(page: Page, libelle: str) -> Any:
    return page.locator("form[data-garde]").get_by_label(libelle)


@pytest.mark.parametrize(
    "cas",
    [
        ("porteur", "/mes-projets/{projet}/", "Votre message", "Envoyer"),
        ("porteur", "/mes-projets/{projet}/retirer/", "Motif du retrait", "Retirer le projet"),
        ("porteur", "/organismes/{organisme}/modifier/", "Objet", "Enregistrer"),
        ("pilote", "/instruction/{projet}/complement/", "Ce qui manque", "Demander"),
        ("pilote", "/appels/essai/reglages/axes/ajouter/", "Description", "Enregistrer"),
    ],
    ids=lambda cas: cas[1],
)
def test_le_texte_revient_apres_la_reconnexion(
    live_server: Any, page_connectee: Any, responsable: Any, projet: Any, cas: tuple[str, str, str, str]
) -> None:
    qui, chemin, libelle, bouton = cas
    AppelFactory(slug="essai", etat="brouillon")
    personne = responsable if qui == "porteur" else PersonneFactory(role=Role.PILOTE)
    page = page_connectee(personne)
    page.goto(live_server.url + chemin.format(projet=projet.pk, organisme=projet.organisme_id))
    champ(page, libelle).fill(TEXTE)
    perdre_la_session(page)
    page.get_by_role("button", name=bouton, exact=True).click()
    se_connecter(page, personne)
    expect(champ(page, libelle)).to_have_value(TEXTE)
    expect(page.locator("[data-retrouve]")).to_contain_text(RETROUVE)


def test_recu_le_texte_s_efface(live_server: Any, page_connectee: Any, responsable: Any, projet: Any) -> None:
    page = page_connectee(responsable)
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/")
    champ(page, "Votre message").fill(TEXTE)
    perdre_la_session(page)
    page.get_by_role("button", name="Envoyer").click()
    se_connecter(page, responsable)
    expect(champ(page, "Votre message")).to_have_value(TEXTE)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Message envoyé.")).to_be_visible()
    page.wait_for_load_state()
    expect(champ(page, "Votre message")).to_have_value("")
    page.reload()
    expect(champ(page, "Votre message")).to_have_value("")
    assert gardes(page) == []
    assert [message.texte.replace("\r\n", "\n") for message in MessageDuProjet.objects.all()] == [TEXTE]


def test_refuse_puis_session_perdue_le_texte_corrige_revient(
    live_server: Any, page_connectee: Any, projet: Any
) -> None:
    """Une page rendue avec ses erreurs garde ce qu’elle montre, même si l’on n’y touche plus."""
    pilote = PersonneFactory(role=Role.PILOTE)
    page = page_connectee(pilote)
    page.goto(f"{live_server.url}/instruction/{projet.pk}/complement/")
    champ(page, "Ce qui manque").fill(TEXTE)
    page.get_by_role("button", name="Demander", exact=True).click()
    expect(page.get_by_role("heading", name="Une erreur à corriger")).to_be_visible()  # la date manque
    page.wait_for_load_state()  # la page note ce qu’elle montre
    perdre_la_session(page)
    page.get_by_role("button", name="Demander", exact=True).click()
    se_connecter(page, pilote)
    expect(champ(page, "Ce qui manque")).to_have_value(TEXTE)
    champ(page, "À fournir au plus tard le").fill(f"{timezone.localdate() + timedelta(days=9):%Y-%m-%d}")
    page.get_by_role("button", name="Demander", exact=True).click()
    expect(page.get_by_text("Complément demandé.", exact=True)).to_be_visible()
    page.wait_for_load_state()
    assert DemandeDeComplement.objects.count() == 1
    assert gardes(page) == []


def test_la_fiche_changee_entre_temps_reste_un_conflit(
    live_server: Any, page_connectee: Any, responsable: Any, projet: Any
) -> None:
    """Le texte revient avec la version sur laquelle il a été tapé : rien d’autrui n’est écrasé sans être vu."""
    page = page_connectee(responsable)
    page.goto(f"{live_server.url}/organismes/{projet.organisme_id}/modifier/")
    champ(page, "Objet").fill(TEXTE)
    perdre_la_session(page)
    page.get_by_role("button", name="Enregistrer").click()
    Organisme.objects.update(objet_social="Écrit par une autre personne.", version=7)
    se_connecter(page, responsable)
    expect(champ(page, "Objet")).to_have_value(TEXTE)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="La fiche a changé pendant votre saisie")).to_be_visible()
    expect(page.get_by_text("Écrit par une autre personne.")).to_be_visible()
    page.wait_for_load_state()
    expect(page.locator("[data-retrouve]")).to_have_count(0)
    page.get_by_role("button", name="Enregistrer ma version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Association d’essai")
    page.wait_for_load_state()
    assert Organisme.objects.get().objet_social.replace("\r\n", "\n") == TEXTE
    assert gardes(page) == []


def test_on_peut_ne_pas_le_reprendre(
    live_server: Any, page_connectee: Any, responsable: Any, projet: Any, verifier_axe: Any
) -> None:
    page = page_connectee(responsable)
    adresse = f"{live_server.url}/mes-projets/{projet.pk}/"
    page.goto(adresse)
    champ(page, "Votre message").fill(TEXTE)
    page.goto(adresse)  # un onglet fermé, puis rouvert
    verifier_axe(page)
    page.get_by_role("button", name="Ne pas le reprendre").click()
    expect(champ(page, "Votre message")).to_have_value("")
    expect(champ(page, "Votre message")).to_be_focused()
    expect(page.locator("[data-retrouve]")).to_have_count(0)
    assert gardes(page) == []


def test_ni_une_autre_personne_ni_apres_la_deconnexion(
    live_server: Any, page_connectee: Any, responsable: Any, projet: Any
) -> None:
    autre = ResponsableFactory(organisme=projet.organisme).personne
    page = page_connectee(responsable)
    adresse = f"{live_server.url}/mes-projets/{projet.pk}/"
    page.goto(adresse)
    champ(page, "Votre message").fill(TEXTE)
    page_connectee(autre).goto(adresse)
    expect(champ(page, "Votre message")).to_have_value("")
    assert len(gardes(page)) == 1
    page.locator("details.compte summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
    assert gardes(page) == []
