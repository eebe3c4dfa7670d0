"""Comparer deux scénarios, ou un scénario et un programme voté."""

from decimal import Decimal

import pytest

from financements.actions.arbitrage.saisir import saisir
from financements.chiffres.arbitrage.comparaison import Cause, Comparaison, Ecart, cote_du_programme
from financements.states import Choix, OrigineScenario
from projets.states import Volet
from tests.financements.arbitrage.fabriques import ANNEES
from tests.financements.arbitrage.pages import texte
from tests.financements.arbitrage.saisies import saisie
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def paire(monde):
    """A : les propositions. B : 1 moins servi, 3 en attente, 4 retenu, 2 non retenu."""
    a = monde.scenario("A")
    b = monde.scenario("B", OrigineScenario.COPIE, source=a)
    changes = [
        (1, Choix.RETENU, dict.fromkeys(ANNEES, 8_000_00)),
        (2, Choix.NON_RETENU, {}),
        (3, Choix.ATTENTE, {}),
        (4, Choix.RETENU, {2016: 500_00}),
    ]
    saisir(auteur=monde.pilote, scenario=b, saisies=[saisie(monde, b, *un) for un in changes])
    return a, b


def test_les_totaux_et_d_ou_vient_l_ecart(monde, paire):
    lue = Comparaison(monde.appel, *paire)
    assert lue.ecart_total == Decimal("-2800.03")
    assert lue.causes == [
        Cause("seul_b", "retenus par « B » seul", 1, Decimal("500.00")),
        Cause("seul_a", "retenus par « A » seul", 1, Decimal("-300.03")),
        Cause("montant", "retenus par les deux, montants différents", 1, Decimal("-3000.00")),
    ]
    assert sum(cause.ecart for cause in lue.causes) == lue.ecart_total
    assert lue.annees == [
        Ecart("2016", Decimal("9100.01"), Decimal("8500.00")),
        Ecart("2017", Decimal("9100.01"), Decimal("8000.00")),
        Ecart("2018", Decimal("9100.01"), Decimal("8000.00")),
    ]
    assert [(e.libelle, e.ecart) for e in lue.territoires] == [
        ("Douaisis", Decimal("299.96")),
        ("Valenciennois", Decimal("-3099.99")),
    ]
    assert [e.ecart for e in lue.axes] == [Decimal("-2500.00"), Decimal("-300.03")]
    numeros = {projet.pk: numero for numero, projet in monde.projets.items()}
    assert [numeros[pk] for pk in lue.sorts] == [1, 4, 3, 2]


def test_a_l_ecran_par_nature(monde, paire, connecter):
    a, b = paire
    client = connecter(monde.pilote)
    page = client.get(f"/arbitrage/arbitrage/comparer/?a={a.pk}&b={b.pk}")
    assert "−2 800,03 €" in texte(page)
    assert [une.projet.numero for une in page.context["differences"]] == [1, 4, 3, 2]
    for nature, attendus in {"seul_a": [3], "seul_b": [4], "montant": [1], "choix": [2], "autre": []}.items():
        page = client.get(f"/arbitrage/arbitrage/comparer/?a={a.pk}&b={b.pk}&nature={nature}")
        assert [une.projet.numero for une in page.context["differences"]] == attendus
    assert client.get(f"/arbitrage/arbitrage/comparer/?a={a.pk}&b=999999").status_code == 404
    assert "Choisissez un scénario" in texte(client.get("/arbitrage/arbitrage/comparer/"))


def test_a_un_programme_vote(monde, paire, connecter):
    avant = AppelFactory(slug="avant", annee_debut=2013, annee_fin=2015)
    axe = AxeFactory(appel=avant, numero=1, volet=Volet.SOCIAL)
    action_votee(axe=axe, parts={monde.territoires["VAL"]: 100}, montants={2013: "1000.00", 2014: "2000.00"})
    cote = cote_du_programme(avant)
    assert (cote.projets, cote.total, cote.professionnel) == (1, Decimal("3000.00"), Decimal("0.00"))
    assert cote.annees == {1: Decimal("1000.00"), 2: Decimal("2000.00"), 3: Decimal("0.00")}
    page = connecter(monde.pilote).get(f"/arbitrage/arbitrage/comparer/?a={paire[0].pk}&b=programme-avant")
    assert page.context["comparaison"].annees[0] == Ecart("Année 1", Decimal("9100.01"), Decimal("1000.00"))
    assert "Programme voté 2013-2015" in texte(page)
    assert "Projet par projet" not in texte(page)


def test_le_nombre_de_requetes_est_constant(monde, paire, connecter, requetes):
    client = connecter(monde.pilote)
    adresse = f"/arbitrage/arbitrage/comparer/?a={paire[0].pk}&b={paire[1].pk}"
    with requetes() as quatre:
        client.get(adresse)
    with requetes() as une:
        client.get(f"{adresse}&nature=montant")
    assert (quatre.nombre, une.nombre) == (15, 15)
