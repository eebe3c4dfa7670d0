"""Les pièces d’un projet dans un vrai navigateur : envoyer, glisser, attendre l’antivirus, sans script."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

import comptes.planning  # noqa: F401 (enregistre la tâche d’analyse, appelée par son nom)
from comptes.models import Document
from projets.models import PieceJointe
from tests.comptes.fabriques import MOT_DE_PASSE, DocumentFactory, PersonneFactory
from tests.navigateur.conftest import DELAI, elargir
from tests.projets.dossiers import brouillon, porteur
from tests.projets.fabriques import PieceFactory
from tests.socle.antivirus_d_essai import FauxClamd
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def projet(live_server: Any) -> Any:
    """Un brouillon auquel l’appel demande deux pièces, et une bibliothèque qui a déjà servi."""
    adhesion = porteur(personne=PersonneFactory(prenom="Camille"))
    projet = brouillon(adhesion)
    PieceFactory(appel=projet.appel, intitule="Statuts à jour", aide="Signés par le président.")
    PieceFactory(appel=projet.appel, intitule="Plaquette", est_obligatoire=False, formats=["pdf", "png"])
    DocumentFactory(organisme=adhesion.organisme, intitule="Relevé bancaire", nature="rib", annee=2020)
    DocumentFactory(organisme=adhesion.organisme, intitule="Anciens comptes", est_archive=True)
    DocumentFactory(organisme=adhesion.organisme, intitule="Fichier douteux", etat="infecte")
    projet.personne = adhesion.personne
    return projet


def fichier(nom: str, contenu: bytes | None = None) -> dict[str, Any]:
    octets = pdf(marque=nom) if contenu is None else contenu
    return {"name": nom, "mimeType": "application/pdf", "buffer": octets}


def ouvrir(page: Page, live_server: Any, projet: Any) -> None:
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/pieces/")


@pytest.mark.parametrize("largeur", [375, 1280])
def test_les_ecrans_passent_axe_et_tiennent_dans_la_largeur(
    live_server: Any, page_connectee: Any, projet: Any, verifier_axe: Any, largeur: int
) -> None:
    page = page_connectee(projet.personne)
    elargir(page, largeur)
    document = projet.organisme.documents.last()
    base = f"/organismes/{projet.organisme_id}/documents/"
    for adresse in (f"/mes-projets/{projet.pk}/pieces/", base, f"{base}ajouter/", f"/documents/{document.pk}/"):
        page.goto(live_server.url + adresse)
        verifier_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur, adresse


def test_envoyer_plusieurs_fichiers_choisis_ou_glisses(
    live_server: Any, page_connectee: Any, projet: Any, verifier_axe: Any
) -> None:
    page = page_connectee(projet.personne)
    ouvrir(page, live_server, projet)
    statuts = page.get_by_role("region", name="Statuts à jour")
    expect(statuts.get_by_text("obligatoire, à joindre")).to_be_visible()
    champ = statuts.get_by_label("Envoyer des fichiers pour Statuts à jour")
    champ.set_input_files([fichier("statuts.pdf"), fichier("programme.pdf", b"MZ\x90\x00")])
    expect(statuts.get_by_text("« statuts.pdf » est joint.")).to_be_visible()
    expect(statuts.get_by_text("Erreur : « programme.pdf » n’est pas d’un format admis")).to_be_visible()
    expect(statuts.get_by_text("jointe", exact=True)).to_be_visible()
    expect(statuts.get_by_role("link", name="statuts")).to_be_visible()
    verifier_axe(page)
    plaquette = page.get_by_role("region", name="Plaquette")
    glisse = page.evaluate_handle(
        """() => {
            const glisse = new DataTransfer();
            glisse.items.add(new File(["MZ"], "glisse.pdf", { type: "application/pdf" }));
            return glisse;
        }"""
    )
    plaquette.locator("form[data-envoi]").dispatch_event("drop", {"dataTransfer": glisse})
    expect(plaquette.get_by_text("Erreur : « glisse.pdf » n’est pas d’un format admis")).to_be_visible()
    assert list(PieceJointe.objects.values_list("piece__intitule", "document__nom")) == [
        ("Statuts à jour", "statuts.pdf")
    ]


def test_un_fichier_en_quarantaine_est_libere_sous_les_yeux(
    live_server: Any, page_connectee: Any, projet: Any, settings: Any
) -> None:
    antivirus = FauxClamd(b"")
    settings.CLAMAV_ADRESSE, settings.CLAMAV_DELAI = antivirus.adresse, 2.0
    page = page_connectee(projet.personne)
    ouvrir(page, live_server, projet)
    statuts = page.get_by_role("region", name="Statuts à jour")
    statuts.get_by_label("Envoyer des fichiers pour Statuts à jour").set_input_files([fichier("statuts.pdf")])
    expect(statuts.get_by_text("En cours de contrôle : le projet se dépose dès que c’est fini.")).to_be_visible()
    expect(statuts.get_by_role("link", name="statuts")).to_have_count(0)
    Document.objects.filter(nom="statuts.pdf").update(etat="sain")
    expect(statuts.get_by_role("link", name="statuts")).to_be_visible()
    expect(page.locator("#annonce")).to_have_text("Les fichiers sont contrôlés.")
    antivirus.fermer()


def test_un_fichier_infecte_est_ecarte_sous_les_yeux(
    live_server: Any, page_connectee: Any, projet: Any, settings: Any, verifier_axe: Any
) -> None:
    antivirus = FauxClamd(b"stream: Essai-Virus FOUND\n")
    settings.CLAMAV_ADRESSE, settings.CLAMAV_DELAI = antivirus.adresse, 2.0
    page = page_connectee(projet.personne)
    ouvrir(page, live_server, projet)
    statuts = page.get_by_role("region", name="Statuts à jour")
    statuts.get_by_label("Envoyer des fichiers pour Statuts à jour").set_input_files([fichier("statuts.pdf")])
    phrase = "Écarté : ce fichier est infecté (Essai-Virus). Retirez-le et joignez-en un autre."
    expect(statuts.get_by_text(phrase)).to_be_visible()
    expect(statuts.get_by_text("obligatoire, à joindre")).to_be_visible()
    expect(statuts.get_by_role("link", name="statuts")).to_have_count(0)
    verifier_axe(page)
    antivirus.fermer()


def test_choisir_dans_la_bibliotheque_puis_retirer(live_server: Any, page_connectee: Any, projet: Any) -> None:
    page = page_connectee(projet.personne)
    ouvrir(page, live_server, projet)
    libres = page.get_by_role("region", name="Autres pièces")
    choix = libres.get_by_label("Ou choisir dans la bibliothèque pour les autres pièces")
    octets = Document.objects.get(nature="rib").taille
    offerts = [" ".join(texte.split()) for texte in choix.locator("option").all_inner_texts()]
    assert offerts == ["Choisir un document", f"Relevé bancaire (2020) (PDF, {octets} octets)"]
    expect(choix).to_have_value("")
    libres.get_by_role("button", name="Joindre").click()
    expect(page.get_by_text("Choisissez un document de la bibliothèque.").first).to_be_visible()
    choix.select_option(index=1)
    libres.get_by_role("button", name="Joindre").click()
    expect(page.get_by_text("« Relevé bancaire (2020) » est joint.")).to_be_visible()
    page.get_by_role("button", name="Retirer Relevé bancaire (2020)").click()
    expect(page.get_by_text("est retiré ; il reste dans votre bibliothèque.")).to_be_visible()
    assert PieceJointe.objects.count() == 0


def test_sans_script_le_formulaire_suffit_et_le_refus_est_pres_du_champ(
    live_server: Any, browser: Any, projet: Any, page_connectee: Any
) -> None:
    biscuits = page_connectee(projet.personne).context.cookies()
    with browser.new_context(java_script_enabled=False, locale="fr-FR") as contexte:
        contexte.add_cookies(biscuits)
        page = contexte.new_page()
        ouvrir(page, live_server, projet)
        statuts = page.get_by_role("region", name="Statuts à jour")
        champ = statuts.get_by_label("Envoyer des fichiers pour Statuts à jour")
        champ.set_input_files([fichier("statuts.pdf"), fichier("vide.pdf", b"")])
        statuts.locator("form[data-envoi] button").click()
        expect(page.get_by_role("heading", name="Un fichier n’a pas été reçu")).to_be_visible()
        expect(champ).to_have_attribute("aria-invalid", "true")
        expect(statuts.get_by_text("« vide.pdf » est vide (0 octet)")).to_be_visible()
        expect(statuts.get_by_role("link", name="statuts")).to_be_visible()


def ouvrir_l_ajout(page: Page, live_server: Any, projet: Any) -> None:
    page.goto(f"{live_server.url}/organismes/{projet.organisme_id}/documents/ajouter/")


def test_ajouter_a_la_bibliotheque_les_autres_champs_d_abord(
    live_server: Any, page_connectee: Any, projet: Any, verifier_axe: Any
) -> None:
    """Une nature oubliée, une année fausse : c’est dit près du champ, rien ne part, les fichiers restent choisis."""
    page = page_connectee(projet.personne)
    ouvrir_l_ajout(page, live_server, projet)
    envois: list[int] = []
    page.on("request", lambda requete: envois.append(len(requete.post_data_buffer or b"")))
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("Choisissez au moins un fichier.")).to_be_visible()
    page.get_by_label("Fichiers").set_input_files([fichier("a.pdf", pdf(marque="a" * 99_000)), fichier("b.pdf")])
    page.get_by_label("Année").fill("20255")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_label("Nature")).to_be_focused()
    expect(page.locator("#erreur_nature")).to_have_text("Ce champ est obligatoire.")
    expect(page.locator("#erreur_annee")).to_have_text("Assurez-vous que cette valeur est inférieure ou égale à 2100.")
    expect(page.get_by_text("Choisissez au moins un fichier.")).to_have_count(0)
    assert page.get_by_label("Fichiers").evaluate("champ => champ.files.length") == 2
    assert max(envois) < 5_000
    verifier_axe(page)
    page.get_by_label("Nature").select_option("comptes")
    page.get_by_label("Année").fill("2025")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_role("heading", name=f"Documents de {projet.organisme}")).to_be_visible()
    recus = Document.objects.filter(nature="comptes", annee=2025).values_list("nom", flat=True)
    assert sorted(recus) == ["a.pdf", "b.pdf"]


def test_un_fichier_deja_dans_la_bibliotheque_le_dit_et_mene_a_sa_nature(
    live_server: Any, page_connectee: Any, projet: Any, verifier_axe: Any
) -> None:
    connu = DocumentFactory(organisme=projet.organisme, intitule="Statuts", contenu=pdf(marque="connu"))
    page = page_connectee(projet.personne)
    ouvrir_l_ajout(page, live_server, projet)
    page.get_by_label("Fichiers").set_input_files([fichier("neuf.pdf"), fichier("copie.pdf", pdf(marque="connu"))])
    page.get_by_label("Nature").select_option("comptes")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("« neuf.pdf » est dans la bibliothèque.")).to_be_visible()
    phrase = (
        "« copie.pdf » était déjà dans votre bibliothèque (« Statuts », statuts). "
        "Il n’est pas envoyé de nouveau, et sa description ne change pas."
    )
    expect(page.get_by_text(phrase)).to_be_visible()
    expect(page.get_by_role("link", name="Voir la bibliothèque")).to_be_visible()
    verifier_axe(page)
    page.get_by_role("link", name="Changer la nature ou l’année de « Statuts »").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Modifier un document")
    assert page.url == f"{live_server.url}/documents/{connu.pk}/"


@pytest.fixture
def page_qui_coupe(context: Any, live_server: Any, page_connectee: Any, projet: Any) -> Any:
    """Une page à part : Chromium écrit dans la console qu’une demande n’est pas partie."""
    page_connectee(projet.personne)
    page = context.new_page()
    page.set_default_timeout(DELAI)
    yield page
    page.close()


def envoyer_des_statuts_coupes(page: Page, live_server: Any, projet: Any) -> Any:
    ouvrir(page, live_server, projet)
    page.route("**/pieces/envoyer/", lambda route: route.abort())
    statuts = page.get_by_role("region", name="Statuts à jour")
    champ = statuts.get_by_label("Envoyer des fichiers pour Statuts à jour")
    champ.set_input_files([fichier("statuts.pdf")])
    expect(statuts.get_by_text("n’a pas pu être envoyé : la connexion s’est coupée.")).to_be_visible()
    return statuts


def test_apres_une_coupure_on_reessaie_sans_rechoisir_le_fichier(
    live_server: Any, page_qui_coupe: Any, projet: Any, verifier_axe: Any
) -> None:
    page = page_qui_coupe
    statuts = envoyer_des_statuts_coupes(page, live_server, projet)
    verifier_axe(page)
    page.unroute("**/pieces/envoyer/")
    statuts.get_by_role("button", name="Réessayer d’envoyer statuts.pdf").click()
    expect(statuts.get_by_text("« statuts.pdf » est joint.")).to_be_visible()
    assert [jointe.document.nom for jointe in PieceJointe.objects.all()] == ["statuts.pdf"]


def test_la_connexion_revenue_l_envoi_reprend_de_lui_meme(live_server: Any, page_qui_coupe: Any, projet: Any) -> None:
    page = page_qui_coupe
    statuts = envoyer_des_statuts_coupes(page, live_server, projet)
    page.unroute("**/pieces/envoyer/")
    page.context.set_offline(True)
    page.context.set_offline(False)
    expect(statuts.get_by_text("« statuts.pdf » est joint.")).to_be_visible()
    assert PieceJointe.objects.count() == 1


def test_session_expiree_l_envoi_le_dit_et_reprend_apres_la_reconnexion(
    live_server: Any, page_connectee: Any, projet: Any, verifier_axe: Any
) -> None:
    page = page_connectee(projet.personne)
    ouvrir(page, live_server, projet)
    page.context.clear_cookies(name="sessionid")
    statuts = page.get_by_role("region", name="Statuts à jour")
    statuts.get_by_label("Envoyer des fichiers pour Statuts à jour").set_input_files([fichier("statuts.pdf")])
    expect(statuts.get_by_text("n’a pas été envoyé : votre session a expiré.")).to_be_visible()
    verifier_axe(page)
    with page.context.expect_page() as ouverte:
        statuts.get_by_role("link", name="Se reconnecter dans un autre onglet").click()
    connexion = ouverte.value
    connexion.get_by_label("Adresse électronique").fill(projet.personne.email)
    connexion.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    connexion.get_by_role("button", name="Se connecter").click()
    expect(connexion.get_by_role("region", name="Statuts à jour")).to_be_visible()
    connexion.close()
    page.bring_to_front()
    statuts.get_by_role("button", name="Réessayer").click()
    expect(statuts.get_by_text("« statuts.pdf » est joint.")).to_be_visible()
    assert [jointe.document.nom for jointe in PieceJointe.objects.all()] == ["statuts.pdf"]
