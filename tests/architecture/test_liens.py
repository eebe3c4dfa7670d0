"""Aucun lien montré à quelqu’un ne lui est fermé : depuis chaque page qu’il ouvre, chaque lien interne s’ouvre."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from tests.architecture.acces import QUI, lignes, lire_le_fichier
from tests.architecture.monde import monde

pytestmark = pytest.mark.django_db
OUVERTS = {200, 302}
AILLEURS = "/administration/"  # l’interface de Django, ouverte au seul administrateur ; test_acces.py la vérifie


class Liens(HTMLParser):
    """Les adresses des `<a href>` d’une page, dessins compris."""

    def __init__(self, adresse: str) -> None:
        super().__init__()
        self.adresse, self.trouves = adresse, set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href and not href.startswith(("#", "mailto:", "http")):
            self.trouves.add(urlsplit(urljoin(self.adresse, href))._replace(fragment="").geturl())


def liens_de(adresse: str, contenu: str) -> set[str]:
    """Les liens internes d’une page, sans leur ancre."""
    lecteur = Liens(adresse)
    lecteur.feed(contenu)
    return {lien for lien in lecteur.trouves if not lien.startswith(AILLEURS)}


def pages_de(client, qui: str, objets: dict[str, object]) -> dict[str, str]:
    """Les pages HTML que cette personne ouvre : adresse → contenu."""
    rang, pages = QUI.index(qui), {}
    for ligne in lignes():
        if ligne.methode == "GET" and ligne.codes[rang] == 200:
            adresse = ligne.exemple.format(**objets)
            reponse = client.get(adresse)
            if reponse["Content-Type"].startswith("text/html"):
                pages[adresse] = reponse.content.decode()
            lire_le_fichier(reponse)
    return pages


def _code(reponse) -> int:
    """Le code, un fichier téléchargé refermé."""
    lire_le_fichier(reponse)
    return reponse.status_code


@pytest.mark.parametrize("qui", QUI)
def test_aucun_lien_montre_ne_mene_a_un_refus(qui, client):
    objets, personnes = monde()
    if qui in personnes:
        client.force_login(personnes[qui])
    origines: dict[str, str] = {}
    for adresse, contenu in pages_de(client, qui, objets).items():
        for lien in liens_de(adresse, contenu):
            origines.setdefault(lien, adresse)
    codes = {lien: _code(client.get(lien)) for lien in origines}
    assert len(codes) > 5, "une page sans liens ne prouverait rien"
    assert {f"{origines[lien]} → {lien}": code for lien, code in codes.items() if code not in OUVERTS} == {}


def test_la_lecture_des_liens_voit_les_liens_relatifs_et_tait_les_ancres():
    page = '<a href="?tri=nom">a</a><a href="/b/#ici">b</a><a href="#c">c</a><svg><a href="/d/"></a></svg><a>e</a>'
    assert liens_de("/x/", page) == {"/x/?tri=nom", "/b/", "/d/"}
