"""Convergence en N ans : parts exactes, dernière année à la cible, montants entre départ et cible."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territoires.rules.convergence import parts_convergentes, poids_convergents, repartir_etape
from territoires.rules.plus_forts_restes import repartir
from territoires.rules.refus import CleInconnue, EtapeHorsConvergence, PoidsTousNuls, RepartitionRefusee
from tests.territoires.repartitions import codes, effectifs, sans_delai, totaux


@pytest.mark.parametrize(
    ("etape", "parts", "montants"),
    [
        (1, {"B": Fraction(7, 12), "A": Fraction(5, 12)}, {"B": 5_833, "A": 4_167}),
        (2, {"B": Fraction(2, 3), "A": Fraction(1, 3)}, {"B": 6_667, "A": 3_333}),
        (3, {"B": Fraction(3, 4), "A": Fraction(1, 4)}, {"B": 7_500, "A": 2_500}),
    ],
)
def test_de_la_moitie_aux_trois_quarts_en_trois_ans(etape, parts, montants):
    depart, cible = {"B": 5, "A": 5}, {"A": 100, "B": 300}
    obtenues = parts_convergentes(depart, cible, etape=etape, duree=3)
    assert list(obtenues.items()) == list(parts.items())
    assert list(repartir_etape(10_000, depart, cible, etape=etape, duree=3).items()) == list(montants.items())


def test_les_poids_d_une_etape_sont_entiers_et_reduits():
    assert poids_convergents({"B": 5, "A": 5}, {"A": 100, "B": 300}, etape=1, duree=3) == {"B": 7, "A": 5}


def test_une_cle_peut_entrer_et_une_autre_sortir():
    assert repartir_etape(900, {"A": 1, "B": 0}, {"A": 0, "B": 4}, etape=1, duree=3) == {"A": 600, "B": 300}


def test_l_enveloppe_d_une_etape_se_repartit_aussi_en_euros_entiers():
    assert repartir_etape(10_000, {"A": 1, "B": 1}, {"A": 3, "B": 1}, etape=1, duree=3, unite=100) == {
        "A": 5_800,
        "B": 4_200,
    }


@pytest.mark.parametrize(
    ("depart", "cible", "etape", "duree", "refus", "message"),
    [
        (
            {"A": 1},
            {"A": 1},
            0,
            3,
            EtapeHorsConvergence,
            "Année 0 hors de la convergence : attendu de 1 à 3, sur au moins un an.",
        ),
        (
            {"A": 1},
            {"A": 1},
            4,
            3,
            EtapeHorsConvergence,
            "Année 4 hors de la convergence : attendu de 1 à 3, sur au moins un an.",
        ),
        (
            {"A": 1, "B": 1},
            {"A": 1, "C": 1},
            1,
            3,
            CleInconnue,
            "Le départ et la cible ne portent pas sur les mêmes clés : aucune correspondance pour « B », « C ».",
        ),
        (
            {"A": 1},
            {"A": 0},
            1,
            3,
            PoidsTousNuls,
            "Répartition impossible : tous les poids sont nuls, le prorata n’est pas défini.",
        ),
    ],
)
def test_une_convergence_impossible_est_refusee_et_expliquee(depart, cible, etape, duree, refus, message):
    with pytest.raises(RepartitionRefusee) as leve:
        poids_convergents(depart, cible, etape=etape, duree=duree)
    assert (type(leve.value), str(leve.value)) == (refus, message)


@st.composite
def trajets(tirer):
    """(départ, cible, étape, durée) sur les mêmes clés."""
    cles = tirer(st.lists(codes, min_size=1, max_size=8, unique=True))
    jeu = st.lists(effectifs, min_size=len(cles), max_size=len(cles)).filter(any)
    duree = tirer(st.integers(1, 10))
    return (
        dict(zip(cles, tirer(jeu), strict=True)),
        dict(zip(cles, tirer(jeu), strict=True)),
        tirer(st.integers(1, duree)),
        duree,
    )


@sans_delai
@given(trajet=trajets())
def test_les_parts_suivent_la_formule_et_leur_somme_vaut_un(trajet):
    depart, cible, etape, duree = trajet
    parts = parts_convergentes(depart, cible, etape=etape, duree=duree)
    avance = Fraction(etape, duree)
    attendu = {
        cle: (1 - avance) * Fraction(depart[cle], sum(depart.values()))
        + avance * Fraction(cible[cle], sum(cible.values()))
        for cle in depart
    }
    assert (list(parts.items()), sum(parts.values())) == (list(attendu.items()), 1)


@sans_delai
@given(total=totaux, trajet=trajets())
def test_chaque_montant_reste_entre_le_depart_et_la_cible_au_centime_pres(total, trajet):
    depart, cible, etape, duree = trajet
    montants = repartir_etape(total, depart, cible, etape=etape, duree=duree)
    hors_bornes = {}
    for cle, montant in montants.items():
        bouts = [Fraction(total * jeu[cle], sum(jeu.values())) for jeu in (depart, cible)]
        if not floor(min(bouts)) <= montant <= ceil(max(bouts)):
            hors_bornes[cle] = montant
    assert (sum(montants.values()), hors_bornes) == (total, {})


@sans_delai
@given(total=totaux, trajet=trajets())
def test_la_derniere_annee_donne_exactement_la_cible(total, trajet):
    depart, cible, _, duree = trajet
    assert repartir_etape(total, depart, cible, etape=duree, duree=duree) == repartir(total, cible)


@sans_delai
@given(total=totaux, trajet=trajets())
def test_partir_de_la_cible_c_est_y_rester(total, trajet):
    _, cible, etape, duree = trajet
    assert repartir_etape(total, cible, cible, etape=etape, duree=duree) == repartir(total, cible)


@sans_delai
@given(trajet=trajets(), facteurs=st.tuples(st.integers(1, 999), st.integers(1, 999)))
def test_les_echelles_du_depart_et_de_la_cible_sont_indifferentes(trajet, facteurs):
    depart, cible, etape, duree = trajet
    agrandi = {cle: valeur * facteurs[0] for cle, valeur in depart.items()}
    agrandie = {cle: valeur * facteurs[1] for cle, valeur in cible.items()}
    assert poids_convergents(agrandi, agrandie, etape=etape, duree=duree) == poids_convergents(
        depart, cible, etape=etape, duree=duree
    )
