"""Les écrans de l’organisme, dans un vrai navigateur : accessibilité, petit écran, sans JavaScript."""

import pytest
from playwright.sync_api import expect

from comptes.actions.comptes_bancaires import NouveauCompte, ajouter_un_compte
from comptes.models import Personne
from comptes.states import Role
from tests.comptes.fabriques import (
    AdhesionFactory,
    CourrielFactory,
    DemandeEntreeFactory,
    InvitationFactory,
    OrganismeFactory,
    PersonneFactory,
    ResponsableFactory,
)
from tests.navigateur.conftest import elargir

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def responsable(live_server) -> Personne:
    """Un responsable, son organisme peuplé, une demande et une invitation."""
    adhesion = ResponsableFactory(organisme__nom="La Ressourcerie de la vallée")
    organisme = adhesion.organisme
    AdhesionFactory(organisme=organisme)
    DemandeEntreeFactory(organisme=organisme, message="Bonjour")
    DemandeEntreeFactory(personne=adhesion.personne)
    InvitationFactory(organisme=organisme)
    CourrielFactory(destinataire=adhesion.personne.email)
    nouveau = NouveauCompte("Compte courant", organisme.nom, IBAN, "AGRIFRPP")
    ajouter_un_compte(auteur=adhesion.personne, organisme=organisme, nouveau=nouveau)
    return adhesion.personne


@pytest.mark.parametrize("largeur", [375, 1280])
def test_les_ecrans_d_un_responsable(live_server, page_connectee, responsable, verifier_axe, largeur):
    page, adhesion = page_connectee(responsable), responsable.adhesions.get()
    elargir(page, largeur)
    base = f"/organismes/{adhesion.organisme_id}/"
    courriel = f"/courriels/{responsable_courriel(responsable)}/"
    for adresse in (
        "/mon-organisme/",
        "/mon-organisme/rejoindre/",
        f"/mon-organisme/rejoindre/?siret={OrganismeFactory().siret}",
        "/mon-organisme/creer/",
        base,
        f"{base}modifier/",
        f"{base}personnes/",
        f"{base}inviter/",
        f"{base}quitter/",
        f"{base}comptes-bancaires/ajouter/",
        f"/adhesions/{adhesion.pk}/retirer/",
        f"/invitation/{InvitationFactory(email=responsable.email).jeton}/",
        "/courriels/",
        courriel,
    ):
        page.goto(f"{live_server.url}{adresse}")
        verifier_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, adresse


def responsable_courriel(personne: Personne) -> int:
    """Le courriel adressé à cette personne."""
    return CourrielFactory(destinataire=personne.email).pk


def test_les_ecrans_sans_compte_et_celui_du_pilote(live_server, page, page_connectee, verifier_axe):
    invitation = InvitationFactory()
    for adresse in ("/inscription/", "/inscription/confirmer/", f"/invitation/{invitation.jeton}/"):
        page.goto(f"{live_server.url}{adresse}")
        verifier_axe(page)
    DemandeEntreeFactory()
    page = page_connectee(PersonneFactory(role=Role.PILOTE))
    page.goto(f"{live_server.url}/demandes-d-entree/")
    verifier_axe(page)


def test_un_siret_faux_se_resume_et_se_relie_a_son_champ(live_server, page_connectee, responsable, verifier_axe):
    page = page_connectee(responsable)
    page.goto(f"{live_server.url}/mon-organisme/rejoindre/?siret=73282932000079")
    expect(page.locator(".resume-erreurs")).to_be_focused()
    expect(page.locator("#id_siret")).to_have_attribute("aria-invalid", "true")
    verifier_axe(page)


def test_une_fiche_perimee_montre_les_deux_versions_sans_rien_perdre(
    live_server, page_connectee, responsable, verifier_axe
):
    page, organisme = page_connectee(responsable), responsable.organismes.get()
    page.goto(f"{live_server.url}/organismes/{organisme.pk}/modifier/")
    page.locator("#id_adresse").fill("12 rue de la Mairie")
    organisme.adresse, organisme.version = "1 place de la Gare", 2
    organisme.save()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".resume-erreurs tbody td")).to_have_text(["1 place de la Gare", "12 rue de la Mairie"])
    expect(page.locator("#id_adresse")).to_have_value("12 rue de la Mairie")
    verifier_axe(page)
    page.get_by_role("button", name="Enregistrer ma version").click()
    expect(page.get_by_text("12 rue de la Mairie")).to_be_visible()


def test_inviter_marche_sans_javascript(live_server, browser, responsable, connecter):
    client = connecter(responsable)
    context = browser.new_context(java_script_enabled=False)
    try:
        biscuit = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": biscuit, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"{live_server.url}/organismes/{responsable.organismes.get().pk}/inviter/")
        page.locator("#id_email").fill("collegue@exemple.fr")
        page.get_by_role("button", name="Envoyer l’invitation").click()
        expect(page.get_by_role("row", name="collegue@exemple.fr")).to_be_visible()
    finally:
        context.close()
