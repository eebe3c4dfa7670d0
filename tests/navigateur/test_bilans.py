"""Le bilan annuel dans un vrai navigateur : l’organisme le remplit et le dépose, le service le renvoie, le valide."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from financements.models import Bilan
from tests.comptes.fabriques import PersonneFactory
from tests.financements.bilans.scenes import SAISIES, bilan_ouvert, deposer, relu, responsable_de
from tests.navigateur.conftest import attendre_que_rien_ne_reste, elargir, taper, tenir

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("dossier_prive")]
RESULTATS = {champ: texte for champ, texte in SAISIES.items() if not champ.startswith(("c_", "explication_"))}
FINANCES = {champ: texte for champ, texte in SAISIES.items() if champ.startswith("c_")}
EXPLICATIONS = {champ: texte for champ, texte in SAISIES.items() if champ.startswith("explication_")}


def continuer(page: Page, vers: str) -> None:
    """L’étape suivante, arrivée ; un envoi parti d’un champ désigné garde son ancre."""
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(re.compile(rf"/{vers}/(#|$)"))
    page.wait_for_load_state()


# Au téléphone, « Écart » précède sa valeur ; une ligne sans réalisé ni prévu n’en a pas.
ECARTS_DITS_SANS_VALEUR = """[...document.querySelectorAll('.bilan td.total:last-child')].filter((case_) =>
    !case_.innerText.trim() && getComputedStyle(case_, '::before').content !== 'none').length"""


def adresse(bilan: Bilan) -> str:
    return f"/mes-projets/{bilan.action.projet_id}/bilan/{bilan.annee}/"


def test_remplir_expliquer_les_ecarts_et_deposer(live_server, page_connectee):
    bilan = bilan_ouvert()
    page = page_connectee(responsable_de(bilan))
    page.goto(live_server.url)
    page.get_by_role("link", name="bilan 2016 à rendre").click()
    taper(page, RESULTATS)
    continuer(page, "finances")
    explication = page.get_by_label("Explication de l’écart : 64", exact=False)
    expect(explication).to_be_visible()  # rien de réalisé : l’écart est entier
    taper(page, FINANCES)
    expect(page.get_by_text("Les produits égalent les charges.")).to_be_visible()
    taper(page, EXPLICATIONS)
    attendre_que_rien_ne_reste(page)
    tenir(page, "bilan-finances")
    elargir(page, 320)
    assert page.evaluate(ECARTS_DITS_SANS_VALEUR) == 0
    continuer(page, "pieces")
    page.get_by_role("link", name="Continuer").click()
    page.get_by_label("Je certifie exactes").check()
    page.get_by_role("button", name="Déposer le bilan").click()
    expect(page.get_by_text("Bilan reçu", exact=False)).to_be_visible()
    expect(page.get_by_text("moins de 5").first).to_be_visible()  # trois sorties en emploi durable
    tenir(page, "bilan-depose")
    assert relu(bilan).etat == "depose"


def test_renvoye_corrige_puis_valide(live_server, page_connectee):
    bilan = bilan_ouvert()
    membre, instructeur = responsable_de(bilan), PersonneFactory(instructeur=True)
    instructeur.territoires.add(bilan.action.projet.parts.get().territoire)
    deposer(bilan, membre)
    page = page_connectee(instructeur)
    page.goto(live_server.url)
    page.get_by_role("link", name="Bilans", exact=True).click()
    tenir(page, "bilans-file")
    page.get_by_role("link", name=bilan.action.projet.intitule).click()
    tenir(page, "bilan-revue")
    page.get_by_role("link", name="Demander une correction").click()
    page.get_by_label("Ce qui est à corriger").fill("Le compte 64 : joignez les bulletins.")
    page.get_by_role("button", name="Demander une correction").click()
    expect(page.get_by_text("à corriger").first).to_be_visible()
    page_connectee(membre).goto(live_server.url + adresse(bilan) + "verification/")
    expect(page.get_by_text("Le compte 64 : joignez les bulletins.")).to_be_visible()
    tenir(page, "bilan-a-corriger")
    page.get_by_label("Je certifie exactes").check()
    page.get_by_role("button", name="Déposer le bilan").click()
    expect(page.get_by_text("Bilan reçu", exact=False)).to_be_visible()
    projet = bilan.action.projet
    page_connectee(instructeur).goto(
        f"{live_server.url}/financements/{projet.appel.slug}/bilans/{projet.numero}/2016/"
    )
    page.get_by_role("link", name="Valider").click()
    page.get_by_role("button", name="Valider le bilan").click()
    expect(page.get_by_text("validé", exact=False).first).to_be_visible()
    assert (relu(bilan).etat, str(relu(bilan).cout_reel)) == ("valide", "16100.00")


def test_sans_javascript_ce_qui_manque_mene_au_champ_et_le_bilan_se_depose(
    live_server, browser: Browser, page_connectee
):
    bilan = bilan_ouvert()
    biscuits = page_connectee(responsable_de(bilan)).context.cookies()
    contexte = browser.new_context(java_script_enabled=False, locale="fr-FR")
    contexte.add_cookies(biscuits)
    page = contexte.new_page()
    page.goto(live_server.url + adresse(bilan))
    taper(page, RESULTATS)
    continuer(page, "finances")
    taper(page, FINANCES)
    continuer(page, "pieces")
    page.get_by_role("link", name="Continuer").click()
    page.get_by_role("link", name="Explication de l’écart : 64", exact=False).click()
    taper(page, EXPLICATIONS)
    continuer(page, "pieces")
    page.get_by_role("link", name="Continuer").click()
    page.get_by_label("Je certifie exactes").check()
    page.get_by_role("button", name="Déposer le bilan").click()
    expect(page.get_by_text("Bilan reçu", exact=False)).to_be_visible()
    contexte.close()
    assert relu(bilan).etat == "depose"
