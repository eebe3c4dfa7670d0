"""Les composants et les dessins dans un vrai navigateur : accessibilité, clavier, petits écrans, CSP."""

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from tests.navigateur.conftest import elargir


@pytest.fixture
def planche(live_server):
    with override_settings(ROOT_URLCONF="tests.navigateur.planche"):
        yield f"{live_server.url}/planche/"


def test_la_planche_des_composants_n_a_pas_de_defaut_d_accessibilite(planche, page, verifier_axe):
    page.goto(planche)
    verifier_axe(page)


def test_la_page_d_une_personne_connectee_n_a_pas_de_defaut_menu_ouvert(planche, page_connectee, verifier_axe):
    page = page_connectee("administrateur")
    page.goto(planche)
    page.locator("details.compte > summary").click()
    verifier_axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("details.compte")).not_to_have_attribute("open", "")


def test_la_declaration_d_accessibilite_est_ouverte_a_tous(live_server, page, verifier_axe):
    page.goto(f"{live_server.url}/accessibilite/")
    assert page.title() == "Déclaration d’accessibilité – Mille actions"
    verifier_axe(page)


def test_un_formulaire_refuse_resume_ses_erreurs_et_les_relie_aux_champs(planche, page, verifier_axe):
    page.goto(planche)
    page.locator("#formulaire button").click()
    resume = page.locator(".resume-erreurs")
    expect(resume).to_be_focused()
    expect(resume.locator("li a").first).to_have_text("Intitulé : Ce champ est obligatoire.")
    champ = page.locator("#id_intitule")
    assert champ.get_attribute("aria-invalid") == "true"
    descriptions = [
        page.locator(f"#{cle}").inner_text().strip() for cle in champ.get_attribute("aria-describedby").split()
    ]
    assert descriptions == ["En une phrase.", "Ce champ est obligatoire."]
    resume.locator("li a").first.click()
    expect(champ).to_be_focused()
    verifier_axe(page)


@pytest.mark.parametrize("largeur", [320, 768])
def test_rien_ne_deborde_d_un_petit_ecran_hors_des_cadres_qui_defilent(planche, page, verifier_axe, largeur):
    elargir(page, largeur)
    page.goto(planche)
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur
    verifier_axe(page)


def test_un_cadre_se_regle_chaque_fois_que_sa_largeur_change_sans_que_la_fenetre_ne_change(planche, page):
    page.goto(planche)
    cadre = page.get_by_role("region", name="Liste des actions")
    cadre.evaluate("cadre => { cadre.style.width = '300px' }")
    expect(cadre).to_have_class("defilement deborde")
    expect(cadre).to_have_attribute("tabindex", "0")
    cadre.evaluate("cadre => { cadre.style.width = '3000px' }")
    expect(cadre).to_have_class("defilement fin")
    expect(cadre).not_to_have_attribute("tabindex", "0")


def test_un_travail_fini_remplace_sa_barre_et_s_annonce(planche, page):
    page.goto(planche)
    expect(page.locator("#travail-1 progress")).to_have_attribute("value", "62")
    expect(page.locator("#travail-1 a")).to_have_text(" Télécharger", use_inner_text=True)
    expect(page.locator("#annonce")).to_have_text("Rapport pluriannuel : terminé")


def test_le_premier_arret_de_la_tabulation_mene_au_contenu(planche, page):
    page.goto(planche)
    page.keyboard.press("Tab")
    expect(page.locator(".evitement")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()


def test_le_foyer_est_un_trait_plein_sur_les_boutons_les_champs_et_les_liens(planche, page):
    """Trois pixels du bleu des liens (8:1 sur le papier), jamais la seule ombre pâle de Bootstrap."""
    page.goto(planche)
    types = (".btn-primary", ".btn-outline-primary", "a.page-link", "input[type=text]", "select", "tbody th a")
    traits = {}
    for selecteur in types:
        page.keyboard.press("Tab")  # le clavier est la dernière chose dont la page s’est servie
        cible = page.locator(f"#contenu {selecteur}").first
        cible.focus()
        style = "e => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.outlineColor] }"
        traits[selecteur] = tuple(cible.evaluate(style))
    assert traits == dict.fromkeys(types, ("solid", "3px", "rgb(31, 78, 158)"))


def test_le_bouton_du_menu_montre_le_foyer_sur_la_barre(planche, page):
    elargir(page, 400)
    page.goto(planche)
    page.keyboard.press("Tab")
    page.locator(".navbar-toggler").focus()
    style = "e => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.outlineColor] }"
    assert page.locator(".navbar-toggler").evaluate(style) == ["solid", "3px", "rgb(143, 179, 240)"]


def test_les_liens_de_tri_et_de_page_gardent_le_reste_de_l_adresse(planche, page):
    page.goto(f"{planche}?axe=1&page=3&tri=-montant")
    assert page.locator("a[rel=next]").get_attribute("href") == "?axe=1&page=4&tri=-montant"
    assert page.locator("th a.tri").first.get_attribute("href") == "?axe=1&tri=intitule"
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"


def test_le_menu_s_ouvre_sans_javascript(planche, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 400, "height": 800})
    try:
        page = context.new_page()
        page.goto(planche)
        expect(page.locator("#menu")).to_be_visible()
        expect(page.get_by_role("link", name="Actualiser l’avancement")).to_be_visible()
    finally:
        context.close()


def test_la_verification_voit_un_contraste_insuffisant_et_un_champ_sans_nom(page, verifier_axe):
    page.set_content(
        '<html lang="fr"><head><title>Essai</title></head><body><main><h1>Essai</h1>'
        '<p style="color:#aaa;background:#fff">pâle</p><input type="text"></main></body></html>'
    )
    with pytest.raises(AssertionError) as refus:
        verifier_axe(page)
    lignes = str(refus.value).splitlines()[1:]
    assert [ligne.split(" ")[0] for ligne in lignes if ligne and not ligne.startswith(" ")] == [
        "color-contrast",
        "label",
    ]
