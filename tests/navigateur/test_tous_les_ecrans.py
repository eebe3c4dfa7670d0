"""Toute page de la table des accès, dans un vrai navigateur : axe, bonnes pratiques comprises, et rien qui déborde.

Une page est vue par le premier rôle qui l’ouvre ; l’accueil, que chacun lit autrement, par tous.
"""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.architecture.acces import QUI, lignes
from tests.architecture.monde import monde
from tests.navigateur.conftest import elargir, examiner

pytestmark = pytest.mark.django_db(transaction=True)
ETROIT, LARGE = 375, 1280
# Le bureau large montre le plus de colonnes ; le pilote et l’administrateur, le plus de boutons.
# Le pilote en ouvre plus que tous les autres : ses pages se partagent entre les processus des essais.
ORDRE = ("pilote", "porteur", "administrateur", "finances", "instructeur", "lecture", "anonyme")
PARTS = {"pilote": 4}


def adresses_de(role: str, part: int, objets: dict[str, object], client: Client) -> list[str]:
    """Les pages HTML que ce rôle est le premier à ouvrir, et l’accueil ; ni fichier, ni fragment. Une part sur N."""
    candidates = ["/"]
    for ligne in lignes():
        adresse = ligne.exemple.format(**objets)
        premier = next((r for r in ORDRE if ligne.codes[QUI.index(r)] == 200), None)
        if ligne.methode == "GET" and premier == role and adresse not in candidates:
            candidates.append(adresse)
    siennes = []
    for adresse in candidates[part :: PARTS.get(role, 1)]:
        with closing(client.get(adresse)) as reponse:
            if not reponse.streaming and reponse.content.lstrip().startswith(b"<!DOCTYPE html>"):
                siennes.append(adresse)
    return siennes


@pytest.mark.parametrize(("role", "part"), [(role, part) for role in ORDRE for part in range(PARTS.get(role, 1))])
def test_chaque_ecran_passe_axe_et_tient_dans_la_largeur(
    live_server: Any, page: Page, page_connectee: Callable[..., Page], role: str, part: int
) -> None:
    objets, personnes = monde()
    client = Client()
    if role in personnes:
        client.force_login(personnes[role])
        page_connectee(personnes[role])
    defauts, debordements = [], {}
    for adresse in adresses_de(role, part, objets, client):
        page.goto(live_server.url + adresse)
        for largeur in (LARGE, ETROIT):
            elargir(page, largeur)
            try:
                examiner(page)
            except AssertionError as violations:
                defauts.append(f"{largeur} px : {violations}")
            de_trop = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if de_trop > 0:
                debordements[f"{largeur} px {adresse}"] = de_trop
    assert not defauts, "\n".join(defauts)
    assert debordements == {}
