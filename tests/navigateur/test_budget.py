"""Le budget dans un vrai navigateur : les totaux vifs disent ce que dit le serveur ; rien ne se perd sans script."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from comptes.models import Personne
from comptes.states import Role
from projets.models import AppelAProjets, Projet, Saisie
from projets.states import EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.navigateur.conftest import attendre_que_rien_ne_reste, elargir
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db(transaction=True)

MAQUETTE = {
    "nombre_74com": "1",
    "precision_74com_1": "Denain",
    "etat_74com_1": "acquis",
    **{f"c_601_{2027 + i}": m for i, m in enumerate(("9 200", "9 400", "9 600"))},
    **{f"c_613_{2027 + i}": m for i, m in enumerate(("6 100", "6 100", "6 200"))},
    **{f"c_622_{2027 + i}": m for i, m in enumerate(("4 300", "4 300", "4 400"))},
    **{f"c_641_{2027 + i}": m for i, m in enumerate(("82 400", "83 900", "85 300"))},
    **{f"c_70_{2027 + i}": m for i, m in enumerate(("3 000", "3 200", "3 500"))},
    **{f"c_74dep_{2027 + i}": "60 000,00 €" for i in range(3)},
    **{f"c_74fe_{2027 + i}": m for i, m in enumerate(("28 000", "29 500", "30 000"))},
    **{f"c_74com_1_{2027 + i}": m for i, m in enumerate(("11 000", "11 000", "12 000"))},
}


@pytest.fixture
def porteur() -> Personne:
    return PersonneFactory(role=Role.PORTEUR)


@pytest.fixture
def projet(porteur) -> Projet:
    axe = AxeFactory(appel=AppelFactory(annee_debut=2027, annee_fin=2029))
    organisme = AdhesionFactory(personne=porteur).organisme
    return ProjetFactory(axe=axe, organisme=organisme, numero=None, etat=EtatProjet.BROUILLON)


@pytest.fixture
def page_du_porteur(page_connectee, porteur) -> Page:
    return page_connectee(porteur)


@pytest.fixture
def adresse(live_server, projet) -> str:
    return f"{live_server.url}/mes-projets/{projet.pk}/budget/"


def taper(projet: Projet, valeurs: dict[str, str]) -> None:
    Saisie.objects.bulk_create(
        Saisie(projet=projet, champ=champ, valeur=valeur, saisie_le=timezone.now())
        for champ, valeur in valeurs.items()
    )


def lus(page: Page) -> dict[str, object]:
    """Tous les totaux et le bandeau, tels que montrés."""
    return page.evaluate(
        """() => ({
            sommes: Object.fromEntries([...document.querySelectorAll("[data-total]")]
                .map((s) => [s.dataset.total, s.textContent])),
            titre: document.querySelector("[data-titre]").textContent,
            phrases: [...document.querySelectorAll("[data-phrases] li")].map((l) => l.textContent),
            favorable: document.getElementById("equilibre").classList.contains("favorable"),
        })"""
    )


@pytest.mark.parametrize("largeur", [1280, 375])
@pytest.mark.parametrize("rempli", [True, False])
def test_la_page_est_accessible(page_du_porteur, verifier_axe, projet, adresse, largeur, rempli):
    if rempli:
        taper(projet, {**MAQUETTE, "c_645_2027": "12,50", "c_860_2027": "500", "nombre_74region": "1"})
    page = page_du_porteur
    elargir(page, largeur)
    page.goto(adresse)
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_les_totaux_vifs_sont_ceux_du_serveur(page_du_porteur, projet, adresse):
    page = page_du_porteur
    page.goto(adresse)
    vide = lus(page)
    assert (vide["titre"], vide["favorable"]) == ("Budget encore vide.", False)
    taper(projet, {"nombre_74com": "1"})
    page.goto(adresse)
    for nom, valeur in MAQUETTE.items():
        if nom.startswith("c_"):
            page.locator(f"[name={nom}]").fill(valeur)
    vifs = lus(page)
    assert vifs["titre"] == "Budget équilibré chaque année."
    assert vifs["phrases"] == ["Le Département financerait 58\u00a0% de l’action."]
    assert vifs["sommes"]["cote/charge"] == "311\u202f200\u00a0€"
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.locator("#enregistrement")).to_contain_text("Enregistré automatiquement")
    attendre_que_rien_ne_reste(page)
    assert Saisie.objects.get(projet=projet, champ="c_641_2029").valeur == "85 300"
    expect(page.get_by_role("heading", name="Qui finance, année par année")).to_be_visible()
    page.goto(adresse)
    assert lus(page) == vifs


@pytest.mark.parametrize(
    "changements",
    [
        {"c_601_2027": "9 300", "c_74dep_2028": "60 001"},
        {"c_641_2027": "0", "c_641_2028": " ", "c_601_2029": "12,50"},
        {"c_860_2027": "500", "c_870_2028": "1 234"},
        {"c_74dep_2027": "102 001", "c_74dep_2028": "1 000 000"},
        {"c_601_2027": "99999999", "c_604_2027": "099999999", "c_60x_2027": "100000000", "c_613_2027": "-5"},
        {"budget_insuffisance": "oui", "c_601_2028": "12 000"},
        {"budget_excedent": "oui", "c_70_2028": "12 000", "c_601_2027": "1.234"},
    ],
)
def test_les_phrases_vives_sont_celles_du_serveur(page_du_porteur, projet, adresse, changements):
    """Le serveur calcule d’abord, sans script ; puis on retape la même chose, et les deux textes sont les mêmes."""
    taper(projet, {**MAQUETTE, **changements})
    page = page_du_porteur
    page.route("**/budget.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(adresse)
    du_serveur = lus(page)
    page.unroute("**/budget.js")
    Saisie.objects.filter(projet=projet).delete()
    taper(projet, MAQUETTE)
    page.goto(adresse)
    assert lus(page) != du_serveur
    for nom, valeur in changements.items():
        champ = page.locator(f"[name={nom}]")
        if nom.startswith("budget"):
            champ.check()
        elif not champ.is_visible():
            page.locator("#contributions summary").click()
            champ.fill(valeur)
        else:
            champ.fill(valeur)
    assert lus(page) == du_serveur


def test_l_equilibre_se_dit_une_fois_apres_la_frappe(page_du_porteur, projet, adresse):
    taper(projet, MAQUETTE)
    page = page_du_porteur
    page.goto(adresse)
    annonce = page.locator("#annonce")
    frappe = """(champ) => {
        champ.value = "9 205";
        champ.dispatchEvent(new Event("input", { bubbles: true }));
        return document.getElementById("annonce").textContent;
    }"""
    assert page.locator("[name=c_601_2027]").evaluate(frappe) == ""
    expect(annonce).to_have_text(
        "Budget à équilibrer. 2027 : les charges dépassent les produits de 5\u00a0€. "
        "Le Département financerait 58\u00a0% de l’action."
    )


def ajouter_puis_retirer(page: Page) -> None:
    """Ajoute une commune, la remplit, la retire, la rétablit."""
    page.get_by_role("button", name="Ajouter un financeur (Commune)").click()
    page.wait_for_url("**/budget/#id_precision_74com_1")
    page.get_by_label("Commune, nom du financeur 1").fill("Denain")
    page.get_by_label("Commune (ligne 1) 2027").fill("1 500")
    page.get_by_role("button", name="Ajouter un financeur (Commune)").click()
    page.wait_for_url("**/budget/#id_precision_74com_2")
    page.get_by_role("button", name="Retirer Commune : Denain").click()
    page.get_by_role("button", name="Rétablir Commune : Denain").click()
    expect(page.get_by_label("Commune : Denain 2027")).to_have_value("1 500")


def test_un_financeur_s_ajoute_se_retire_et_se_retablit(page_du_porteur, adresse):
    page = page_du_porteur
    page.goto(adresse)
    ajouter_puis_retirer(page)
    page.get_by_role("button", name="Ajouter un financeur (Région)").click()
    expect(page.get_by_label("Région, nom du financeur 1")).to_be_focused()


@pytest.fixture
def sans_script(browser, browser_context_args, live_server, porteur):
    contexte = browser.new_context(**browser_context_args, java_script_enabled=False)
    client = Client()
    client.force_login(porteur)
    contexte.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    yield contexte.new_page()
    contexte.close()


def test_sans_javascript_un_financeur_s_ajoute_et_les_totaux_sont_justes(sans_script, adresse):
    sans_script.goto(adresse)
    ajouter_puis_retirer(sans_script)
    sans_script.get_by_label("Achats matières et fournitures 2027").fill("1 500")
    sans_script.get_by_label("Achats matières et fournitures 2027").press("Enter")
    expect(sans_script.locator("#equilibre")).to_contain_text("Budget équilibré chaque année.")
    expect(sans_script.locator("[data-total='cote/produit']")).to_have_text("1\u202f500\u00a0€")
    expect(sans_script.get_by_label("Commune, nom du financeur 3")).to_have_count(0)


@pytest.mark.parametrize("avec_script", [True, False])
def test_la_touche_entree_enregistre_et_n_ajoute_aucun_financeur(
    page_du_porteur, sans_script, projet, adresse, avec_script
):
    page = page_du_porteur if avec_script else sans_script
    page.goto(adresse)
    case = page.get_by_label("Achats matières et fournitures 2027")
    case.fill("1 500")
    case.press("Enter")
    if avec_script:
        expect(page.locator("#enregistrement")).to_contain_text("Enregistré automatiquement")
        attendre_que_rien_ne_reste(page)
    else:
        expect(page.locator("#equilibre")).to_contain_text("1\u202f500\u00a0€")
    assert list(Saisie.objects.filter(projet=projet).values_list("champ", "valeur")) == [("c_601_2027", "1 500")]


@pytest.mark.parametrize("largeur", [1280, 375])
def test_dix_annees_se_lisent(page_du_porteur, verifier_axe, projet, adresse, largeur):
    AppelAProjets.objects.update(annee_fin=2036)
    page = page_du_porteur
    elargir(page, largeur)
    page.goto(adresse)
    verifier_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("rowheader", name="Assurance", exact=True).bounding_box()["width"] > 150
    assert page.get_by_label("Assurance 2036").bounding_box()["width"] > 60


def test_deux_personnes_sur_la_meme_case_choisissent(page_du_porteur, projet, adresse):
    """Le choix se montre sous le tableau, pas au milieu d’une ligne, et les totaux suivent."""
    taper(projet, MAQUETTE)
    page = page_du_porteur
    page.goto(adresse)
    Saisie.objects.filter(projet=projet, champ="c_601_2027").update(
        valeur="9 000", auteur=PersonneFactory(), version=9
    )
    Projet.objects.update(version=9)
    page.locator("[name=c_601_2027]").fill("8 000")
    conflit = page.locator("[data-conflit=c_601_2027]")
    expect(conflit).to_contain_text("Achats matières et fournitures 2027\u00a0: deux versions")
    assert conflit.evaluate("e => e.closest('table') === null && e.previousElementSibling.tagName === 'TABLE'")
    page.get_by_role("button", name="Prendre la leur").click()
    expect(page.locator("[data-total='groupe/60/2027']")).to_have_text("9\u202f000\u00a0€")
