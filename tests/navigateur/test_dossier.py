"""Le dossier dans un vrai navigateur : il s’enregistre seul, à deux, malgré une coupure ou une session expirée."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from comptes.models import Personne
from projets.models import Projet
from tests.comptes.fabriques import MOT_DE_PASSE, AdhesionFactory, CompteBancaireFactory
from tests.navigateur.conftest import (
    DELAI,
    attendre_que_rien_ne_reste,
    elargir,
    garde_dans_le_navigateur,
    laisser_finir,
    une_fois,
)
from tests.projets.dossiers import brouillon, collegue, ecrire, enregistrees
from tests.projets.fabriques import AxeFactory, QuestionFactory
from tests.territoires.fabriques import CommuneFactory, TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def porteur() -> Personne:
    return AdhesionFactory(personne__prenom="Claire", personne__nom="Martin").personne


@pytest.fixture
def projet(porteur) -> Projet:
    """Un brouillon, deux axes avec chacun sa question, quatre territoires, un compte bancaire."""
    adhesion = porteur.adhesions.get()
    CompteBancaireFactory(organisme=adhesion.organisme)
    for code, nom in (("AVE", "Avesnois"), ("DOU", "Douaisis"), ("VAL", "Valenciennois")):
        CommuneFactory(nom=f"Commune du {nom}", territoire=TerritoireFactory(code=code, nom=nom))
    projet = brouillon(adhesion)
    second = AxeFactory(appel=projet.appel, numero=2)
    QuestionFactory(appel=projet.appel, ordre=1, sorte="oui_non", intitule="Avez-vous un local ?")
    QuestionFactory(appel=projet.appel, ordre=2, sorte="choix_multiple", choix=["Jeunes", "Parents"], axe=projet.axe)
    QuestionFactory(appel=projet.appel, ordre=3, sorte="texte_court", intitule="Quel frein ?", axe=second)
    return projet


@pytest.fixture
def entrer(live_server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`entrer(personne, "/adresse/")` : une page à part, où une réponse en erreur est permise."""
    contextes = []

    def ouvrir(personne: Personne, adresse: str, **options: object) -> Page:
        contexte = browser.new_context(**{"locale": "fr-FR", "timezone_id": "Europe/Paris", **options})
        contextes.append(contexte)
        contexte.add_cookies([biscuit_de(personne, live_server.url)])
        page = contexte.new_page()
        page.set_default_timeout(DELAI)
        page.goto(f"{live_server.url}{adresse}")
        return page

    yield ouvrir
    for contexte in contextes:
        for page in contexte.pages:
            laisser_finir(page)
        contexte.close()


def biscuit_de(personne: Personne, adresse: str) -> dict[str, str]:
    client = Client()
    client.force_login(personne)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": adresse}


def etat(page: Page) -> Locator:
    return page.locator("[data-etat]")


def action_de(projet: Projet) -> str:
    return f"/mes-projets/{projet.pk}/action/"


def couper(page: Page) -> None:
    """Les enregistrements n’arrivent plus."""
    page.route("**/enregistrer/", lambda route: route.abort())


@pytest.mark.parametrize("largeur", [1280, 375])
def test_les_ecrans_sont_accessibles(live_server, page_connectee, verifier_axe, porteur, projet, largeur):
    page = page_connectee(porteur)
    elargir(page, largeur)
    for adresse in (
        *(f"/mes-projets/{projet.pk}/{cle}/" for cle in ("organisme", "action", "publics")),
        f"{action_de(projet)}?tout=1",
        "/mes-projets/nouveau/",
        "/mes-projets/",
    ):
        page.goto(f"{live_server.url}{adresse}")
        verifier_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), adresse


def test_ce_qui_est_tape_s_enregistre_seul_et_dit_l_heure(live_server, page_connectee, verifier_axe, porteur, projet):
    page = page_connectee(porteur)
    page.goto(f"{live_server.url}{action_de(projet)}")
    page.get_by_label("Objectifs").fill("Lever le frein\nde la garde.")
    expect(etat(page)).to_contain_text("Enregistré automatiquement à")
    expect(page.get_by_role("link", name="Objectifs")).to_have_count(0)
    page.get_by_label("Fin").fill("2040-01-01")
    page.get_by_label("Lieu").focus()
    erreur = page.get_by_text("L’appel porte sur 2027-2028 : choisissez une date de ces années.")
    expect(erreur).to_be_visible()
    expect(page.get_by_label("Fin")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Fin")).to_have_accessible_description(
        "Au plus tard le 31/12/2028. " + erreur.inner_text()
    )
    verifier_axe(page)
    assert {champ: enregistrees(projet)[champ] for champ in ("objectifs", "fin")} == {
        "objectifs": "Lever le frein\nde la garde.",
        "fin": "2040-01-01",
    }
    assert garde_dans_le_navigateur(page) == []
    page.get_by_label("Fin").fill("2028-01-01")
    page.get_by_label("Lieu").focus()
    expect(erreur).to_have_count(0)
    page.goto("about:blank")  # tout est enregistré : rien ne retient


def test_changer_d_axe_montre_ses_questions_et_garde_les_reponses_de_l_autre(
    live_server, page_connectee, porteur, projet
):
    page = page_connectee(porteur)
    page.goto(f"{live_server.url}{action_de(projet)}")
    page.get_by_label("Jeunes").check()
    page.get_by_label("Axe de l’appel").select_option(label="2. Intitulé de l’axe 2")
    page.get_by_label("Quel frein ?").fill("La garde")
    expect(page.get_by_label("Jeunes")).to_be_hidden()
    page.get_by_role("button", name="Enregistrer").click()
    attendre_que_rien_ne_reste(page)
    page.reload()
    expect(page.get_by_label("Quel frein ?")).to_have_value("La garde")
    page.get_by_label("Axe de l’appel").select_option(label="1. Intitulé de l’axe 1")
    expect(page.get_by_label("Jeunes")).to_be_checked()


def test_la_somme_des_parts_se_dit_a_mesure_et_une_commune_s_ajoute(live_server, page_connectee, porteur, projet):
    page = page_connectee(porteur)
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/publics/")
    somme = page.locator("[data-somme]")
    page.get_by_label("Avesnois").fill("33,33")
    expect(somme).to_have_text("Total 33,33 % : il manque 66,67 %.")
    page.get_by_label("Douaisis").fill("66,67")
    expect(somme).to_have_text("Total 100 %.")
    page.get_by_label("Chercher une commune").fill("Commune du Douaisis")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Communes")).to_have_value("Commune du Douaisis")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/budget/")
    saisies = enregistrees(projet)
    assert [saisies[c] for c in ("part_AVE", "part_DOU", "communes")] == ["33,33", "66,67", "Commune du Douaisis"]


def test_a_deux_sur_des_champs_differents_tout_se_rejoint(entrer, porteur, projet):
    autre = collegue(projet, personne__prenom="Paul", personne__nom="Petit")
    une, deux = entrer(porteur, action_de(projet)), entrer(autre, action_de(projet))
    une.get_by_label("Objectifs").fill("Par Claire")
    expect(etat(une)).to_contain_text("Enregistré automatiquement")
    deux.get_by_label("Méthode").fill("Par Paul")
    expect(deux.get_by_label("Objectifs")).to_have_value("Par Claire")
    expect(deux.get_by_text("Écrit par Claire Martin à")).to_be_visible()
    expect(deux.get_by_text("Claire Martin écrit aussi dans ce projet.")).to_be_visible()
    une.get_by_label("Lieu").fill("Denain")
    expect(une.get_by_label("Méthode")).to_have_value("Par Paul")
    saisies = enregistrees(projet)
    assert [saisies[c] for c in ("objectifs", "methode", "lieu")] == ["Par Claire", "Par Paul", "Denain"]


@pytest.mark.parametrize(("bouton", "attendu"), [("Garder la mienne", "Par Paul"), ("Prendre la leur", "Par Claire")])
def test_le_meme_champ_a_deux_montre_les_deux_versions(entrer, verifier_axe, porteur, projet, bouton, attendu):
    autre = collegue(projet, personne__prenom="Paul", personne__nom="Petit")
    deux = entrer(autre, action_de(projet))
    ecrire(projet, porteur, objectifs="Par Claire")
    deux.get_by_label("Objectifs").fill("Par Paul")
    conflit = deux.get_by_role("region", name="Objectifs : deux versions")
    expect(conflit.locator(".version")).to_have_text(["Par Paul", "Par Claire"])
    expect(conflit).to_contain_text("Claire Martin a aussi changé ce champ à")
    verifier_axe(deux)
    assert enregistrees(projet)["objectifs"] == "Par Claire"
    conflit.get_by_role("button", name=bouton).click()
    expect(conflit).to_have_count(0)
    expect(deux.get_by_label("Objectifs")).to_have_value(attendu)
    attendre_que_rien_ne_reste(deux)
    assert enregistrees(projet)["objectifs"] == attendu


def test_un_champ_ou_l_on_tape_n_est_pas_remplace_sous_les_doigts(entrer, porteur, projet):
    autre = collegue(projet)
    page = entrer(autre, action_de(projet))
    page.get_by_label("Lieu").fill("Douai")
    page.get_by_label("Objectifs").focus()
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    ecrire(projet, porteur, objectifs="Par Claire")
    page.evaluate("document.getElementById('id_lieu').value = 'Lille'")
    page.evaluate("document.getElementById('id_lieu').dispatchEvent(new Event('input', {bubbles: true}))")
    attendre_que_rien_ne_reste(page)  # la réponse, qui dit aussi ce qu’a écrit l’autre, est traitée
    expect(page.get_by_label("Objectifs")).to_have_value("")
    page.get_by_label("Méthode").focus()
    expect(page.get_by_label("Objectifs")).to_have_value("Par Claire")


def test_une_coupure_garde_le_texte_et_l_enregistre_au_retour(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    couper(page)
    page.get_by_label("Objectifs").fill("Pendant la coupure")
    expect(etat(page)).to_contain_text("Connexion coupée ; ce que vous tapez est gardé sur cet ordinateur")
    assert "objectifs" not in enregistrees(projet)
    page.unroute("**/enregistrer/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    assert enregistrees(projet)["objectifs"] == "Pendant la coupure"


def test_une_panne_du_serveur_se_dit_et_se_reprend_toute_seule(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    une_fois(page, "**/enregistrer/", lambda route: route.fulfill(status=503))
    page.get_by_label("Objectifs").fill("Pendant la panne")
    expect(etat(page)).to_contain_text("Le serveur ne répond pas ; ce que vous tapez est gardé sur cet ordinateur")
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    assert enregistrees(projet)["objectifs"] == "Pendant la panne"


def test_quitter_pendant_une_coupure_avertit_et_pas_quand_tout_est_enregistre(live_server, entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    avertis = []

    def rester(dialogue: Dialog) -> None:
        avertis.append(dialogue.type)
        dialogue.accept()

    page.on("dialog", rester)
    page.get_by_label("Objectifs").fill("Enregistré")
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    page.goto(f"{live_server.url}{action_de(projet)}")
    assert avertis == []
    couper(page)
    page.get_by_label("Objectifs").fill("Pas encore")
    expect(etat(page)).to_contain_text("Connexion coupée")
    page.goto(f"{live_server.url}/mes-projets/")
    assert avertis == ["beforeunload"]


def test_un_texte_trop_long_se_dit_reste_a_l_ecran_et_n_empeche_rien(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    page.get_by_label("Objectifs").fill("a" * 20_001)
    page.get_by_label("Lieu").fill("Denain")
    page.get_by_label("Méthode").focus()
    expect(page.get_by_text("20001 caractères : ce champ en garde 20000 au plus")).to_be_visible()
    expect(etat(page)).to_contain_text("Un champ n’est pas enregistré")
    expect(page.get_by_text("Vous pouvez fermer cette page")).to_be_hidden()
    expect(page.locator("#manques-ici").get_by_role("link", name="Lieu")).to_have_count(0)
    assert (len(page.get_by_label("Objectifs").input_value()), enregistrees(projet)["lieu"]) == (20_001, "Denain")
    page.get_by_label("Objectifs").fill("Plus court")
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    expect(page.get_by_text("Vous pouvez fermer cette page")).to_be_visible()
    assert enregistrees(projet)["objectifs"] == "Plus court"


def test_un_onglet_ferme_pendant_une_coupure_ne_perd_rien(live_server, entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    couper(page)
    page.get_by_label("Objectifs").fill("Avant de fermer")
    expect(etat(page)).to_contain_text("Connexion coupée")
    suite = page.context.new_page()
    page.close(run_before_unload=False)
    # Une autre étape d’abord : ce qui attendait s’enregistre d’où que l’on revienne.
    suite.goto(f"{live_server.url}/mes-projets/{projet.pk}/publics/")
    attendre_que_rien_ne_reste(suite)
    assert enregistrees(projet)["objectifs"] == "Avant de fermer"


def test_un_brouillon_retrouve_apres_que_l_autre_a_ecrit_est_un_conflit(live_server, entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    couper(page)
    page.get_by_label("Objectifs").fill("Avant de fermer")
    expect(etat(page)).to_contain_text("Connexion coupée")
    ecrire(projet, collegue(projet, personne__prenom="Paul", personne__nom="Petit"), objectifs="Par Paul")
    suite = page.context.new_page()
    page.close(run_before_unload=False)
    suite.goto(f"{live_server.url}{action_de(projet)}")
    versions = suite.get_by_role("region", name="Objectifs : deux versions").locator(".version")
    expect(versions).to_have_text(["Avant de fermer", "Par Paul"])


def test_une_session_expiree_au_milieu_de_la_frappe_ne_perd_rien(live_server, entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    page.get_by_label("Objectifs").fill("Avant")
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    Session.objects.all().delete()
    page.get_by_label("Objectifs").fill("Avant et après")
    expect(etat(page)).to_contain_text("Votre session a expiré ; ce que vous tapez est gardé sur cet ordinateur.")
    page.get_by_label("Méthode").fill("Tapée sans session")
    page.get_by_role("link", name="Se reconnecter").click()
    page.get_by_label("Adresse électronique").fill(porteur.email)
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"**{action_de(projet)}")
    expect(page.get_by_label("Objectifs")).to_have_value("Avant et après")
    expect(page.get_by_label("Méthode")).to_have_value("Tapée sans session")
    expect(etat(page)).to_contain_text("avec ce que vous aviez tapé avant.")
    saisies = enregistrees(projet)
    assert [saisies["objectifs"], saisies["methode"]] == ["Avant et après", "Tapée sans session"]
    assert garde_dans_le_navigateur(page) == []


def test_se_deconnecter_enregistre_puis_efface_ce_qui_est_garde(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    page.get_by_label("Objectifs").fill("Au dernier moment")
    page.locator("details.compte summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(lambda adresse: "mes-projets" not in adresse)
    assert enregistrees(projet)["objectifs"] == "Au dernier moment"
    assert garde_dans_le_navigateur(page) == []


def test_quitter_la_page_aussitot_apres_avoir_tape_enregistre(live_server, entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    page.get_by_label("Objectifs").fill("Tapé puis parti")
    page.get_by_role("link", name="Publics et territoires").click()
    page.wait_for_url("**/publics/")
    attendre_que_rien_ne_reste(page)
    assert enregistrees(projet)["objectifs"] == "Tapé puis parti"


def test_une_page_rendue_avant_l_enregistrement_montre_ce_qui_est_enregistre(entrer, porteur, projet):
    """Rechargée pendant un enregistrement : le serveur la rend avant lui, elle arrive après, le brouillon effacé."""
    page = entrer(porteur, action_de(projet))
    d_avant = page.request.get(page.url)
    page.get_by_label("Objectifs").fill("Arrivé entre les deux")
    attendre_que_rien_ne_reste(page)
    une_fois(page, f"**{action_de(projet)}", lambda route: route.fulfill(response=d_avant))
    page.reload()
    expect(page.get_by_label("Objectifs")).to_have_value("Arrivé entre les deux")
    page.get_by_label("Objectifs").press_sequentially(", et suivi")
    attendre_que_rien_ne_reste(page)
    expect(page.locator(".conflit")).to_have_count(0)
    assert enregistrees(projet)["objectifs"] == "Arrivé entre les deux, et suivi"


def test_le_retour_arriere_montre_ce_qui_a_ete_tape(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))
    page.get_by_label("Objectifs").fill("Avant de revenir")
    page.get_by_role("link", name="Publics et territoires").click()
    page.wait_for_url("**/publics/")
    page.go_back()
    expect(page.get_by_label("Objectifs")).to_have_value("Avant de revenir")
    attendre_que_rien_ne_reste(page)
    expect(page.locator(".conflit")).to_have_count(0)


def test_une_reponse_perdue_se_renvoie_sans_dommage(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet))

    def perdre(route: Route) -> None:
        route.fetch()  # le serveur a enregistré
        route.abort()  # mais le navigateur n’en sait rien

    une_fois(page, "**/enregistrer/", perdre)
    page.get_by_label("Objectifs").fill("Une seule fois")
    expect(etat(page)).to_contain_text("Connexion coupée")
    expect(etat(page)).to_contain_text("Enregistré automatiquement")
    projet.refresh_from_db()
    assert (enregistrees(projet)["objectifs"], projet.version) == ("Une seule fois", 2)


def test_une_autre_personne_connectee_n_enregistre_pas_sous_son_nom(live_server, entrer, porteur, projet):
    page, autre = entrer(porteur, action_de(projet)), collegue(projet, personne__prenom="Paul", personne__nom="Petit")
    page.context.add_cookies([biscuit_de(autre, live_server.url)])
    page.get_by_label("Objectifs").fill("De Claire")
    expect(etat(page)).to_contain_text("La session ouverte sur cet ordinateur est celle de Paul Petit")
    assert "objectifs" not in enregistrees(projet)


def test_sans_javascript_un_conflit_se_tranche_par_deux_boutons(entrer, porteur, projet):
    page = entrer(porteur, action_de(projet), java_script_enabled=False)
    ecrire(
        projet, collegue(projet, personne__prenom="Paul", personne__nom="Petit"), objectifs="Par Paul", lieu="Douai"
    )
    page.get_by_label("Objectifs").fill("Par Claire")
    page.get_by_label("Lieu").fill("Denain")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    deux_versions = page.get_by_role("region", name=" : deux versions")
    expect(deux_versions).to_have_count(2)
    page.get_by_role("button", name="Garder la mienne : Objectifs").click()
    expect(deux_versions).to_have_count(1)
    page.get_by_role("button", name="Prendre la leur : Lieu").click()
    expect(deux_versions).to_have_count(0)
    expect(page.get_by_label("Lieu")).to_have_value("Douai")
    saisies = enregistrees(projet)
    assert [saisies["objectifs"], saisies["lieu"]] == ["Par Claire", "Douai"]
