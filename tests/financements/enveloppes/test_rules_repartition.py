"""Le calcul d’une répartition : sommes exactes, bornes tenues, impossibilités dites, aller-retour des paramètres."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from financements.rules.repartition import Depart, Donnees, Quotite, calculer, depuis_json, en_json

CODES = ("AVE", "DOU", "VAL")
EFFECTIFS = {"AVE": 1, "DOU": 2, "VAL": 3}


def depart(**montants: int) -> Depart:
    return Depart("version 1", {2016: montants, 2017: montants})


def montants(donnees: Donnees) -> dict[int, dict[str, int]]:
    resultat = calculer(donnees)
    assert resultat.refus == {}
    return {annee: calcul.montants for annee, calcul in resultat.annees.items()}


def test_au_prorata_simple_chaque_annee_est_distribuee_entiere():
    assert montants(Donnees(EFFECTIFS, {2016: 1000, 2017: 7})) == {
        2016: {"AVE": 167, "DOU": 333, "VAL": 500},
        2017: {"AVE": 1, "DOU": 2, "VAL": 4},
    }


def test_la_reserve_en_pour_cent_prend_ce_que_l_euro_ne_distribue_pas():
    donnees = Donnees(EFFECTIFS, {2016: 100_050}, unite=100, reserves={2016: Quotite(centiemes=1000)})
    calcul = calculer(donnees).annees[2016]
    assert (calcul.reserve, calcul.total) == (10_050, 90_000)
    assert calcul.montants == {"AVE": 15_000, "DOU": 30_000, "VAL": 45_000}


def test_la_convergence_arrive_au_prorata_la_derniere_annee():
    donnees = Donnees(EFFECTIFS, {2016: 600, 2017: 600}, depart=depart(AVE=300, DOU=200, VAL=100), duree=2)
    assert montants(donnees) == {
        2016: {"AVE": 200, "DOU": 200, "VAL": 200},
        2017: {"AVE": 100, "DOU": 200, "VAL": 300},
    }


def test_planchers_et_plafonds_se_lisent_par_rapport_au_depart():
    base = depart(AVE=300, DOU=200, VAL=100)
    assert montants(Donnees(EFFECTIFS, {2016: 600}, depart=base, perte=1000)) == {
        2016: {"AVE": 270, "DOU": 180, "VAL": 150}
    }
    assert montants(Donnees(EFFECTIFS, {2016: 600}, depart=base, gain=2000)) == {
        2016: {"AVE": 240, "DOU": 240, "VAL": 120}
    }


def test_les_axes_en_pour_cent_ou_en_euros():
    axes = {(1, 2016): Quotite(centiemes=3333), (5, 2016): Quotite(centimes=300), (5, 2017): Quotite(centimes=1)}
    assert calculer(Donnees(EFFECTIFS, {2016: 1000}, axes=axes)).annees[2016].axes == {1: 333, 5: 300}


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        (
            Donnees(EFFECTIFS, {2016: 600}, depart=depart(AVE=300, DOU=200, VAL=400), perte=0),
            "Plancher intenable : il manque 3,00\u00a0€ (planchers 9,00\u00a0€, total à répartir 6,00\u00a0€).",
        ),
        (
            Donnees(EFFECTIFS, {2016: 600}, depart=depart(AVE=100, DOU=100, VAL=100), gain=0),
            "Plafonds trop bas : 3,00\u00a0€ ne peuvent être attribués (plafonds 3,00\u00a0€, total à répartir "
            "6,00\u00a0€).",
        ),
        (
            Donnees(EFFECTIFS, {2016: 600}, reserves={2016: Quotite(centimes=601)}),
            "La réserve (6,01\u00a0€) dépasse les crédits de paiement (6,00\u00a0€).",
        ),
        (
            Donnees(EFFECTIFS, {2016: 600}, axes={(1, 2016): Quotite(centimes=601)}),
            "Les dotations d’axe (6,01\u00a0€) dépassent ce qui est à répartir (6,00\u00a0€).",
        ),
        (
            Donnees(EFFECTIFS, {2016: 650}, unite=100),
            "Le total 6,50\u00a0€ n’est pas un multiple de 1,00\u00a0€ : 0,50\u00a0€ ne pourraient être attribués.",
        ),
        (
            Donnees({"AVE": 0}, {2016: 650}),
            "Répartition impossible : tous les poids sont nuls, le prorata n’est pas défini.",
        ),
    ],
)
def test_une_annee_impossible_se_dit(donnees, phrase):
    assert calculer(donnees).refus == {2016: phrase}


def test_une_annee_impossible_n_empeche_pas_les_autres():
    resultat = calculer(Donnees(EFFECTIFS, {2016: 650, 2017: 600}, unite=100))
    assert (sorted(resultat.refus), sorted(resultat.annees), resultat.est_possible) == ([2016], [2017], False)


def par_code(nombres: st.SearchStrategy[int]) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries(dict.fromkeys(CODES, nombres))


tirages = st.builds(
    Donnees,
    effectifs=par_code(st.integers(0, 10**5)).filter(lambda effectifs: any(effectifs.values())),
    cp=st.fixed_dictionaries({2016: st.integers(0, 10**10)}),
    unite=st.sampled_from([1, 100]),
    reserves=st.fixed_dictionaries({2016: st.builds(Quotite, centiemes=st.integers(0, 10_000))}),
    depart=st.builds(Depart, st.just("d"), st.fixed_dictionaries({2016: par_code(st.integers(1, 10**9))})),
    perte=st.none() | st.integers(0, 10_000),
    gain=st.none() | st.integers(0, 100_000),
    duree=st.none() | st.integers(1, 5),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tirages)
def test_somme_exacte_et_bornes_tenues(donnees):
    resultat = calculer(donnees)
    assert resultat.annees.keys() | resultat.refus.keys() == {2016}
    precedent, cp = donnees.depart.montants[2016], donnees.cp[2016]
    for calcul in resultat.annees.values():
        assert sum(calcul.montants.values()) + calcul.reserve == cp
        assert calcul.reserve * 10_000 >= cp * donnees.reserves[2016].centiemes
        assert {code: part.montant for code, part in calcul.amortissement.parts.items()} == calcul.montants
        for code, montant in calcul.montants.items():
            assert montant % donnees.unite == 0
            assert donnees.perte is None or montant * 10_000 >= precedent[code] * (10_000 - donnees.perte)
            assert donnees.gain is None or montant * 10_000 <= precedent[code] * (10_000 + donnees.gain)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tirages)
def test_les_parametres_gardes_redonnent_les_donnees(donnees):
    assert depuis_json(json.loads(json.dumps(en_json(donnees)))) == donnees
