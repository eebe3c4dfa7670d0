"""Ce que l’arbitrage sait des projets : le dernier avis seul compte, et rien ne se lit projet par projet."""

import pytest
from django.db import connection

from financements.chiffres.arbitrage.donnees import Connu, connus
from projets.states import SensDeLAvis
from tests.financements.arbitrage.fabriques import ANNEES, avis_sur, petit_arbitrage

pytestmark = pytest.mark.django_db


def test_le_dernier_avis_remplace_le_precedent_en_entier():
    monde = petit_arbitrage()
    projet = monde.projets[3]
    avis_sur(projet, SensDeLAvis.RESERVE, dict.fromkeys(ANNEES, "50.00"), monde.pilote, version=2)
    sans_avis = monde.projets[5]
    territoires = {code: territoire.pk for code, territoire in monde.territoires.items()}
    assert dict(connus([projet.pk, sans_avis.pk])) == {
        projet.pk: Connu(
            demandes=dict.fromkeys(ANNEES, 100_000),
            proposes=dict.fromkeys(ANNEES, 5_000),
            parts={"DOU": 6_667, "VAL": 3_333},
            territoires=territoires,
            sens="reserve",
        ),
        sans_avis.pk: Connu(
            demandes=dict.fromkeys(ANNEES, 300_000),
            parts={"DOU": 5_000, "VAL": 5_000},
            territoires=territoires,
        ),
    }


def test_trois_requetes_dont_aucune_ne_recommence_a_chaque_ligne(requetes):
    """Une sous-requête par ligne prenait dix minutes pour 1 350 projets dans des tables crues vides."""
    monde = petit_arbitrage()
    pks = [projet.pk for projet in monde.projets.values()]
    lues = []
    for nombre in (1, 3):
        with requetes() as captees:
            connus(pks[:nombre])
        lues.append([requete["sql"] for requete in captees])
    assert [len(une) for une in lues] == [3, 3]
    with connection.cursor() as curseur:
        for sql in lues[1]:
            curseur.execute(f"EXPLAIN {sql}")
            assert [plan for (plan,) in curseur.fetchall() if "SubPlan" in plan] == []
