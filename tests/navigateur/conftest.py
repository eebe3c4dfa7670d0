"""Un vrai Chromium contre un vrai serveur, et axe-core pour l’accessibilité."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from comptes.models import Personne
from comptes.states import Role

VENDOR = Path(__file__).parent / "vendor"
CHROMIUM = os.environ.get("CHROMIUM") or next(
    (trouve for nom in ("chromium", "chromium-browser", "google-chrome") if (trouve := shutil.which(nom))), ""
)
MANQUE = "Chromium manque : essais du navigateur sautés. Pour les lancer : sudo apt-get install -y chromium"
MANQUE_EN_CI = "Chromium manque : l’intégration continue ne saute pas les essais du navigateur (CHROMIUM=/chemin)."
EN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REGLES_A_L_ESSAI = ["label-content-name-mismatch"]  # axe ne l’évalue que si on la nomme
MOT_DE_PASSE = "mille-actions-essai"
CAPTURES = os.environ.get("CAPTURES", "")
DELAI = 60_000  # ms : une page qui calcule, sur une machine d’intégration chargée
expect.set_options(timeout=DELAI)

# La largeur voulue, puis trois images : l’événement part avec la première, l’observateur suit.
IMAGES = """async largeur => {
  const image = () => new Promise(requestAnimationFrame);
  for (let reste = 300; window.innerWidth !== largeur && reste; reste--) await image();
  for (let reste = 3; reste; reste--) await image();
}"""

# La boucle de Playwright fait croire à Django qu’il est appelé d’un contexte asynchrone.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tout essai de ce dossier porte la marque « navigateur »."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.navigateur)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Un saut silencieux ferait croire que le navigateur a été essayé."""
    if not CHROMIUM and not EN_CI:
        terminalreporter.write_line(MANQUE, red=True, bold=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Le Chromium du système. Sans lui : saut bruyant sur un poste, échec en intégration continue."""
    if not CHROMIUM:
        if EN_CI:
            pytest.fail(MANQUE_EN_CI)
        pytest.skip(MANQUE)
    return {"executable_path": CHROMIUM, "args": OPTIONS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """Un poste français, en 1280 × 900."""
    return {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session", autouse=True)
def connexion_rendue(django_db_setup: None, django_db_blocker: Any, playwright: Any) -> Iterator[None]:
    """La boucle de Playwright a sa propre connexion à la base (asgiref la range à part) : elle se rend avant qu’il
    ne s’arrête, ou la base d’essai ne s’effacerait pas.
    """
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Une page dont toute erreur de console (script refusé par la CSP, fichier introuvable) fait échouer l’essai."""
    page = context.new_page()
    erreurs: list[str] = []
    page.on(
        "console",
        lambda message: (
            erreurs.append(f"{page.url} : {message.text} {message.location}") if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda erreur: erreurs.append(str(erreur)))
    page.set_default_timeout(DELAI)
    yield page
    laisser_finir(page)
    assert erreurs == []


@pytest.fixture
def entrer(live_server: Any, browser: Browser) -> Iterator[Callable[[Personne], Page]]:
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


def laisser_finir(page: Page) -> None:
    """Attend, trois secondes au plus, l’enregistrement automatique en cours : il gênerait le vidage des tables."""
    fin = time.monotonic() + 3
    while page.locator(".enregistrement.en-cours").count() and time.monotonic() < fin:
        page.wait_for_timeout(100)


def garde_dans_le_navigateur(page: Page) -> list[str]:
    """Ce que le navigateur garde, faute de le savoir enregistré."""
    return page.evaluate("Object.keys(localStorage).filter(cle => cle.startsWith('mille-actions:'))")


def attendre_que_rien_ne_reste(page: Page) -> None:
    """Tout ce qui a été tapé est enregistré : « Enregistré automatiquement » peut parler d’un envoi d’avant.

    `wait_for_function` évalue un texte, ce que la politique de sécurité du contenu refuse.
    """
    fin = time.monotonic() + 20
    while garde_dans_le_navigateur(page):
        assert time.monotonic() < fin, "ce que garde le navigateur n’est pas enregistré"
        page.wait_for_timeout(50)


def une_fois(page: Page, motif: str, repondre: Callable[[Route], None]) -> None:
    """La première demande est répondue par l’essai, les suivantes passent.

    `times=1` cesse d’intercepter aussitôt : une feuille de style demandée à cet instant n’arriverait parfois jamais.
    """
    deja: list[Route] = []

    def aiguiller(route: Route) -> None:
        if deja:
            route.continue_()
        else:
            deja.append(route)
            repondre(route)

    page.route(motif, aiguiller)


def taper(page: Page, saisies: dict[str, str]) -> None:
    """Remplit les champs de ces noms."""
    for champ, texte in saisies.items():
        page.locator(f"[name={champ}]").fill(texte)


def attendre_htmx(page: Page) -> None:
    """htmx prend les liens nouveaux vingt millisecondes après l’échange : suivis avant, ils chargent toute la page."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-added, .htmx-settling")).to_have_count(0)


def elargir(page: Page, largeur: int, hauteur: int = 900) -> None:
    """Change la largeur et attend que la page s’y soit réglée."""
    page.set_viewport_size({"width": largeur, "height": hauteur})
    laisser_dessiner(page)


def laisser_dessiner(page: Page) -> None:
    """Ce qui mesure la page le fait dans l’image qui suit : venue, élargie ou changée, elle n’est pas encore réglée.

    Une page en arrière-plan ne dessine pas : elle passe devant.
    """
    page.bring_to_front()
    page.evaluate(IMAGES, page.viewport_size["width"])


def tenir(page: Page, nom: str) -> None:
    """Axe, puis rien qui déborde, large et étroit."""
    page.wait_for_load_state()
    for largeur in (1280, 320):
        elargir(page, largeur)
        examiner(page)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (nom, largeur)
        capturer(page, f"{nom}-{largeur}")
    elargir(page, 1280)


def capturer(page: Page, nom: str) -> None:
    """Pour qui veut voir : `CAPTURES=dossier`."""
    if CAPTURES:
        page.screenshot(path=Path(CAPTURES) / f"{nom}.png", full_page=True)


@pytest.fixture
def page_connectee(live_server: Any, context: BrowserContext, page: Page) -> Callable[..., Page]:
    """`page_connectee("pilote")` ou `page_connectee(personne)` : une page, avec la session de cette personne."""

    def ouvrir(qui: str | Personne) -> Page:
        personne = qui if isinstance(qui, Personne) else _personne(qui)
        client = Client()
        client.force_login(personne)
        biscuit = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": biscuit, "url": live_server.url}])
        return page

    return ouvrir


def _personne(role: str) -> Personne:
    return Personne.objects.create_user(
        f"{role}@essai.fr", MOT_DE_PASSE, prenom="Camille", nom=Role(role).label.capitalize(), role=role
    )


@pytest.fixture
def verifier_axe() -> Callable[[Page], None]:
    """`verifier_axe(page)` : échoue avec la liste des violations d’axe-core, contraste compris."""
    return examiner


def examiner(page: Page) -> None:
    """Évalue la source d’axe dans la page : un <script> injecté serait refusé par la CSP, à raison.

    Un clic rend la main dès que la page suivante commence à venir : l’examiner, c’est l’attendre entière.
    """
    page.wait_for_load_state()
    laisser_dessiner(page)
    if page.evaluate("!window.axe"):
        page.evaluate((VENDOR / "axe.min.js").read_text())
        page.evaluate("textes => axe.configure({locale: JSON.parse(textes)})", (VENDOR / "axe-fr.json").read_text())
    options = {
        "runOnly": REGLES,
        "resultTypes": ["violations"],
        "rules": {regle: {"enabled": True} for regle in REGLES_A_L_ESSAI},
    }
    violations = page.evaluate("options => axe.run(options).then(r => r.violations)", options)
    lignes = [
        f"{violation['id']} ({violation['impact']}) : {violation['help']}\n    "
        + "\n    ".join(
            f"{noeud['target']} {noeud['html'][:160]} {noeud['failureSummary']}" for noeud in violation["nodes"]
        )
        for violation in violations
    ]
    if lignes:
        raise AssertionError(f"{page.url}\n" + "\n".join(lignes))
