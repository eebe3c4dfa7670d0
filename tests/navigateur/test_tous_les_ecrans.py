"""Toute page de la table des accès, dans un vrai navigateur : axe, bonnes pratiques comprises, et rien qui déborde.

Une page est vue par le premier rôle qui l’ouvre ; l’accueil, que chacun lit autrement, par tous.
"""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from comptes.models import Personne
from tests.architecture.acces import QUI, lignes, monde
from tests.navigateur.conftest import examiner

pytestmark = pytest.mark.django_db(transaction=True)
ETROIT, LARGE = 375, 1280
# Le bureau large montre le plus de colonnes ; le pilote et l’administrateur, le plus de boutons.
ORDRE = ("pilote", "porteur", "administrateur", "finances", "instructeur", "lecture", "anonyme")


def pages_par_role(objets: dict[str, object], personnes: dict[str, Personne]) -> dict[str, list[str]]:
    """Rôle → adresses des pages HTML qu’il est le premier à ouvrir, et l’accueil."""
    vues: set[str] = set()
    partage: dict[str, list[str]] = {}
    for role in ORDRE:
        client = Client()
        if role in personnes:
            client.force_login(personnes[role])
        partage[role] = ["/"]
        for ligne in lignes():
            adresse = ligne.exemple.format(**objets)
            if ligne.methode != "GET" or adresse in vues or ligne.codes[QUI.index(role)] != 200:
                continue
            vues.add(adresse)
            with closing(client.get(adresse)) as reponse:
                est_une_page = not reponse.streaming and reponse.content.lstrip().startswith(b"<!DOCTYPE html>")
            if est_une_page:  # ni fichier, ni fragment
                partage[role].append(adresse)
    return partage


@pytest.mark.parametrize("largeur", [LARGE, ETROIT])
def test_chaque_ecran_passe_axe_et_tient_dans_la_largeur(
    live_server: Any, page: Page, page_connectee: Callable[..., Page], largeur: int
) -> None:
    objets, personnes = monde()
    page.set_viewport_size({"width": largeur, "height": 900})
    defauts, debordements = [], {}
    for role, adresses in pages_par_role(objets, personnes).items():
        page.context.clear_cookies()
        if role in personnes:
            page_connectee(personnes[role])
        for adresse in adresses:
            page.goto(live_server.url + adresse)
            try:
                examiner(page)
            except AssertionError as violations:
                defauts.append(f"{role} : {violations}")
            de_trop = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if de_trop > 0:
                debordements[f"{role} {adresse}"] = de_trop
    assert not defauts, "\n".join(defauts)
    assert debordements == {}
