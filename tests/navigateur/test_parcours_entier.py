"""D’une adresse inconnue à l’accusé de réception, par les pages seules : deux personnes, deux navigateurs."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

import comptes.planning  # noqa: F401 (enregistre la tâche d’analyse, appelée par son nom)
from comptes.models import Courriel, Document
from financements.demonstration.appel_suivant import BROUILLONS, COMPTE
from projets.models import Depot, Projet
from tests.comptes.fabriques import siret_d_essai
from tests.navigateur.test_depot import cocher_et_deposer
from tests.projets.complets import appel_a_deposer
from tests.projets.fabriques import PieceFactory
from tests.socle.fichiers_d_essai import pdf
from tests.territoires.fabriques import CommuneFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHRASE = "une-phrase-bien-longue"
_, INTITULE, VALEURS = BROUILLONS[0]
A_REMPLIR = "form.dossier :is(input:not([type=hidden]), select, textarea)"


def s_inscrire(page: Page, email: str, prenom: str) -> None:
    for nom, valeur in (("prenom", prenom), ("nom", "Essai"), ("email", email)):
        page.locator(f"#id_{nom}").fill(valeur)
    page.wait_for_load_state()
    for champ in page.locator("input[type=password]").all():
        champ.fill(PHRASE)
    page.get_by_role("button", name="Créer mon compte").click()


def lien_recu(destinataire: str, motif: str) -> str:
    """Le chemin du lien, lu dans le dernier courriel de la boîte d’envoi."""
    texte = Courriel.objects.filter(destinataire=destinataire).latest("pk").texte
    trouve = re.search(rf"https?://[^/\s]+(/{motif}\S+)", texte)
    assert trouve, texte
    return trouve[1]


def enregistre(page: Page) -> None:
    expect(page.locator("#enregistrement")).to_contain_text("Enregistré automatiquement")


def remplir(page: Page, valeurs: dict[str, str]) -> None:
    """Tape ce que cette étape demande, puis continue."""
    page.wait_for_load_state()
    noms = page.locator(A_REMPLIR).evaluate_all("champs => champs.map(({ name }) => name)")
    for nom in [nom for nom in valeurs if nom in noms]:
        champ = page.locator(f"{A_REMPLIR}[name='{nom}']")
        if champ.evaluate("champ => champ.tagName") == "SELECT":
            champ.select_option(valeurs[nom])
        else:
            champ.fill(valeurs[nom])
    page.get_by_role("button", name="Continuer").click()


def creer_l_organisme(page: Page, base: str) -> str:
    """Inscrite et confirmée, la personne crée l’organisme, complète sa fiche et son compte ; rend l’adresse."""
    page.goto(f"{base}/inscription/")
    s_inscrire(page, "une@exemple.fr", "Une")
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez votre messagerie")
    page.goto(base + lien_recu("une@exemple.fr", "inscription/confirmer/"))
    page.get_by_role("button", name="Confirmer mon adresse").click()
    page.get_by_role("link", name="Créer ou rejoindre un organisme").click()
    page.locator("#id_siret").fill(siret_d_essai(4242))
    page.get_by_role("button", name="Chercher").click()
    page.locator("#id_nom").fill("La Ressourcerie")
    page.locator("#id_forme_juridique").select_option("association")
    page.get_by_role("button", name="Créer l’organisme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La Ressourcerie")
    adresse = page.url
    page.get_by_role("link", name="Modifier la fiche").click()
    for nom, valeur in (
        ("adresse", "1 rue d’Essai"),
        ("telephone", "03 27 00 00 00"),
        ("courriel", "bureau@exemple.fr"),
        ("representant_nom", "Claire Petit"),
        ("representant_qualite", "présidente"),
    ):
        page.locator(f"#id_{nom}").fill(valeur)
    page.locator("#id_commune").select_option(label="Denain")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("La fiche est enregistrée.")).to_be_visible()
    page.goto(f"{adresse}comptes-bancaires/ajouter/")
    for nom, valeur in zip(("libelle", "iban", "bic", "titulaire"), (*COMPTE, "La Ressourcerie"), strict=True):
        page.locator(f"#id_{nom}").fill(valeur)
    page.get_by_role("button", name="Ajouter le compte").click()
    expect(page.get_by_text("FR76")).to_be_visible()
    return adresse


def faire_entrer(page: Page, adresse: str, base: str, seconde: Page) -> None:
    """La première invite, la seconde s’inscrit par le lien et rejoint l’organisme."""
    page.goto(f"{adresse}inviter/")
    page.locator("#id_email").fill("deux@exemple.fr")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("row", name="deux@exemple.fr")).to_be_visible()
    seconde.goto(base + lien_recu("deux@exemple.fr", "invitation/"))
    seconde.get_by_role("link", name="Créer mon compte").click()
    s_inscrire(seconde, "deux@exemple.fr", "Deux")
    seconde.get_by_role("button", name="Rejoindre l’organisme").click()
    expect(seconde.get_by_role("heading", level=1)).to_have_text("La Ressourcerie")


def ecrire_a_deux(page: Page, seconde: Page) -> None:
    """Chacune son champ, au même moment : aucun n’écrase l’autre."""
    seconde.goto(page.url)
    page.get_by_label("Objectifs").fill(VALEURS["objectifs"])
    seconde.get_by_label("Description").fill(VALEURS["description"])
    seconde.get_by_label("Description").blur()
    page.get_by_label("Objectifs").blur()
    enregistre(page)
    enregistre(seconde)
    seconde.reload()
    expect(seconde.get_by_label("Objectifs")).to_have_value(VALEURS["objectifs"])
    expect(seconde.locator("[data-presents]")).to_have_text("Une Essai écrit aussi dans ce projet.")


def remplir_la_suite(page: Page) -> None:
    """La fin de l’action, les publics, le budget, la pièce demandée."""
    remplir(page, VALEURS)
    expect(page.get_by_label("Public visé")).to_be_visible()
    remplir(page, VALEURS)
    page.get_by_role("button", name="Ajouter un financeur (Commune)").click()
    expect(page.get_by_label("Commune, nom du financeur 1")).to_be_visible()
    remplir(page, VALEURS)
    page.wait_for_url("**/pieces/")
    statuts = page.get_by_role("region", name="Statuts à jour")
    fichier = {"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    statuts.get_by_label("Envoyer des fichiers pour Statuts à jour").set_input_files([fichier])
    expect(statuts.get_by_role("link", name="statuts")).to_be_visible()  # joint, et contrôlé
    page.get_by_role("link", name="Continuer").click()
    expect(page.get_by_text("Rien ne manque")).to_be_visible()


def test_d_une_adresse_inconnue_a_l_accuse_de_reception(
    live_server: Any, page: Page, browser: Any, browser_context_args: Any, tmp_path: Any
) -> None:
    base = live_server.url
    appel = appel_a_deposer()
    PieceFactory(appel=appel, intitule="Statuts à jour")
    CommuneFactory(nom="Denain")
    adresse = creer_l_organisme(page, base)
    with browser.new_context(**browser_context_args) as contexte:
        seconde = contexte.new_page()
        faire_entrer(page, adresse, base, seconde)
        page.goto(f"{base}/mes-projets/nouveau/?appel={appel.slug}")
        page.get_by_role("radio").first.check()
        page.locator("#id_intitule").fill(INTITULE)
        page.get_by_role("button", name="Ouvrir le projet").click()
        page.locator("[name=compte_bancaire]").select_option(index=1)
        remplir(page, VALEURS)
        expect(page.get_by_label("Objectifs")).to_be_visible()
        ecrire_a_deux(page, seconde)
    remplir_la_suite(page)
    cocher_et_deposer(page)
    expect(page.get_by_text("Projet reçu sous le numéro AAP27-0001.")).to_be_visible()
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="accusé de réception").click()
    telechargement.value.save_as(tmp_path / "recepisse.pdf")
    texte = " ".join(PdfReader(tmp_path / "recepisse.pdf").pages[0].extract_text().split())
    assert [mot for mot in ("AAP27-0001", "La Ressourcerie", "statuts.pdf") if mot not in texte] == []
    projet = Projet.objects.get()
    assert (projet.etat, Depot.objects.count(), Document.objects.count()) == ("depose", 1, 1)
    recus = Courriel.objects.filter(objet__contains="AAP27-0001").values_list("destinataire", flat=True)
    assert sorted(recus) == ["bureau@exemple.fr", "une@exemple.fr"]
