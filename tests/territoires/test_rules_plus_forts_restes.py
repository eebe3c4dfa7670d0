"""Plus forts restes : vecteurs de référence et propriétés."""

from fractions import Fraction
from itertools import product
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territoires.rules.plus_forts_restes import Part, expliquer, repartir
from territoires.rules.refus import (
    PoidsAbsents,
    PoidsNegatif,
    PoidsTousNuls,
    RepartitionRefusee,
    TotalIndivisible,
    UniteInvalide,
    ValeurNonEntiere,
)
from tests.territoires.repartitions import (
    ENVELOPPE,
    HUIT_TERRITOIRES,
    jeux_de_poids,
    sans_delai,
    totaux,
    valeurs,
)

HUIT_PARTS = {
    "AVE": 816_240_098,
    "CAM": 425_956_788,
    "DOU": 700_848_630,
    "FLI": 143_466_625,
    "FLM": 604_259_789,
    "MLI": 1_944_462_153,
    "MRT": 1_630_484_028,
    "VAL": 1_164_281_889,
}


@pytest.mark.parametrize(
    ("total", "poids", "attendu"),
    [
        (10_000, [1, 1, 1], [3_334, 3_333, 3_333]),
        (100, [1] * 7, [15, 15, 14, 14, 14, 14, 14]),
        (ENVELOPPE, [1, 1, 1], [2_476_666_667, 2_476_666_667, 2_476_666_666]),
        (13, [5, 15, 7], [3, 7, 3]),
        (14, [5, 15, 7], [2, 8, 4]),  # Alabama : un centime de plus au total, un de moins pour A
        (0, [3, 0, 1], [0, 0, 0]),
        (1, [0, 0, 1], [0, 0, 1]),
        (7, [4], [7]),
        (2, [0, 1, 0, 1], [0, 1, 0, 1]),
        (10**30 + 1, [1, 1], [5 * 10**29 + 1, 5 * 10**29]),  # au-delà de toute précision flottante
    ],
)
def test_les_vecteurs_de_reference_sont_retrouves(total, poids, attendu):
    assert repartir(total, valeurs(poids)) == valeurs(attendu)


def test_les_huit_territoires_se_partagent_l_enveloppe_au_centime():
    parts = repartir(ENVELOPPE, HUIT_TERRITOIRES)
    assert list(parts.items()) == list(HUIT_PARTS.items())
    assert sum(parts.values()) == ENVELOPPE


def test_l_arrondi_naif_donnerait_un_centime_de_trop():
    effectif = sum(HUIT_TERRITOIRES.values())
    naif = sum(round(Fraction(ENVELOPPE * poids, effectif)) for poids in HUIT_TERRITOIRES.values())
    assert (effectif, naif - ENVELOPPE) == (115_386, 1)


@pytest.mark.parametrize(
    ("poids", "attendu"),
    [
        # Le reste d’abord : B (0,6) passe devant A (0,4), pourtant plus lourd.
        ({"A": 7, "B": 3}, {"A": 1, "B": 1}),
        # À reste égal (½), le plus lourd, bien que dernier par son code.
        ({"A": 1, "Z": 3}, {"A": 0, "Z": 2}),
        # À reste et poids égaux, le plus petit code, où qu’il soit dans la liste.
        ({"C": 1, "A": 1, "B": 1}, {"C": 0, "A": 1, "B": 1}),
    ],
)
def test_le_departage_suit_le_reste_puis_le_poids_puis_le_code(poids, attendu):
    assert list(repartir(2, poids).items()) == list(attendu.items())


def test_un_total_negatif_se_repartit_comme_son_oppose():
    assert repartir(-10_000, valeurs([1, 1, 1])) == valeurs([-3_334, -3_333, -3_333])


def test_une_deliberation_en_euros_donne_des_euros_entiers():
    assert repartir(10_000, valeurs([1, 1, 1]), unite=100) == valeurs([3_400, 3_300, 3_300])
    assert repartir(-10_000, valeurs([1, 1, 1]), unite=100) == valeurs([-3_400, -3_300, -3_300])


def test_chaque_centime_est_explique():
    assert expliquer(14, {"A": 5, "B": 15, "C": 7}) == {
        "A": Part(poids=5, part_entiere=2, reste=Fraction(16, 27), rang=3, arrondi=0),
        "B": Part(poids=15, part_entiere=7, reste=Fraction(21, 27), rang=1, arrondi=1),
        "C": Part(poids=7, part_entiere=3, reste=Fraction(17, 27), rang=2, arrondi=1),
    }
    assert expliquer(-10_000, {"A": 1, "B": 2}, unite=100) == {
        "A": Part(poids=1, part_entiere=-3_300, reste=Fraction(1, 3), rang=2, arrondi=0),
        "B": Part(poids=2, part_entiere=-6_600, reste=Fraction(2, 3), rang=1, arrondi=-100),
    }


def test_l_explication_dit_le_montant_et_l_arrondi():
    parts = expliquer(14, {"A": 5, "B": 15, "C": 7})
    assert {cle: (part.montant, part.est_arrondi_recu) for cle, part in parts.items()} == {
        "A": (2, False),
        "B": (8, True),
        "C": (4, True),
    }
    parts = expliquer(-14, {"A": 5, "B": 15, "C": 7})
    assert {cle: (part.montant, part.est_arrondi_recu) for cle, part in parts.items()} == {
        "A": (-2, False),
        "B": (-8, True),
        "C": (-4, True),
    }


@pytest.mark.parametrize(
    ("total", "poids", "unite", "refus", "message"),
    [
        (100, {}, 1, PoidsAbsents, "Répartition impossible : aucun poids n’est donné."),
        (
            0,
            {"A": 0, "B": 0},
            1,
            PoidsTousNuls,
            "Répartition impossible : tous les poids sont nuls, le prorata n’est pas défini.",
        ),
        (
            100,
            {"A": 3, "DOU": -1},
            1,
            PoidsNegatif,
            "Poids négatif pour « DOU » : \u22121. Un effectif est un entier positif ou nul.",
        ),
        (
            100,
            {"A": 0.5},
            1,
            ValeurNonEntiere,
            "Poids de « A » : un nombre entier est attendu, 0.5 a été donné.",
        ),
        (
            100.0,
            {"A": 1},
            1,
            ValeurNonEntiere,
            "Total à répartir, en centimes : un nombre entier est attendu, 100.0 a été donné.",
        ),
        (
            123_456,
            {"A": 1},
            100,
            TotalIndivisible,
            "Le total 1\u202f234,56\u00a0€ n’est pas un multiple de 1,00\u00a0€ : "
            "0,56\u00a0€ ne pourraient être attribués.",
        ),
        (
            100,
            {"A": 1},
            0,
            UniteInvalide,
            "Unité de répartition invalide : 0,00\u00a0€. Attendu : un centime, un euro…",
        ),
    ],
)
def test_une_repartition_impossible_est_refusee_et_expliquee(total, poids, unite, refus, message):
    with pytest.raises(RepartitionRefusee) as leve:
        repartir(total, poids, unite=unite)
    assert (type(leve.value), str(leve.value)) == (refus, message)


def test_un_total_negatif_indivisible_dit_le_vrai_reliquat():
    with pytest.raises(TotalIndivisible) as leve:
        repartir(-130, {"A": 1}, unite=100)
    assert leve.value.reliquat == 30


@sans_delai
@given(total=totaux, poids=jeux_de_poids, unite=st.sampled_from([1, 100]))
def test_la_somme_est_exacte_et_l_ordre_est_celui_des_poids(total, poids, unite):
    parts = repartir(total * unite, poids, unite=unite)
    assert (list(parts), sum(parts.values())) == (list(poids), total * unite)
    assert {part % unite for part in parts.values()} == {0}


@sans_delai
@given(total=totaux, poids=jeux_de_poids)
def test_chaque_part_respecte_le_quota_et_un_poids_nul_ne_recoit_rien(total, poids):
    somme = sum(poids.values())
    hors_quota = {
        cle: part
        for cle, part in repartir(total, poids).items()
        if not floor(Fraction(total * poids[cle], somme)) <= part <= ceil(Fraction(total * poids[cle], somme))
    }
    assert hors_quota == {}
    assert {part for cle, part in repartir(total, poids).items() if poids[cle] == 0} <= {0}


@sans_delai
@given(total=totaux, poids=jeux_de_poids, facteur=st.integers(1, 10**9))
def test_l_echelle_des_poids_est_indifferente(total, poids, facteur):
    assert repartir(total, {cle: poids[cle] * facteur for cle in poids}) == repartir(total, poids)


@sans_delai
@given(total=totaux, poids=jeux_de_poids, donnees=st.data())
def test_l_ordre_des_poids_ne_change_aucune_part(total, poids, donnees):
    melanges = {cle: poids[cle] for cle in donnees.draw(st.permutations(list(poids)))}
    assert repartir(total, melanges) == repartir(total, poids)
    assert expliquer(total, melanges) == expliquer(total, poids)


@sans_delai
@given(total=totaux, poids=jeux_de_poids)
def test_le_signe_du_total_se_retrouve_sur_chaque_part(total, poids):
    assert repartir(-total, poids) == {cle: -part for cle, part in repartir(total, poids).items()}


@sans_delai
@given(total=totaux, poids=jeux_de_poids)
def test_un_plus_grand_poids_ne_recoit_jamais_moins(total, poids):
    parts = repartir(total, poids)
    par_poids = sorted(poids, key=lambda cle: (poids[cle], parts[cle]))
    assert [parts[cle] for cle in par_poids] == sorted(parts.values())


@sans_delai
@given(total=totaux, poids=jeux_de_poids)
def test_l_explication_recompose_la_part_ideale(total, poids):
    parts = expliquer(total, poids)
    somme = sum(poids.values())
    assert {cle: part.part_entiere + part.reste for cle, part in parts.items()} == {
        cle: Fraction(total * poids[cle], somme) for cle in poids
    }
    assert sorted(part.rang for part in parts.values()) == list(range(1, len(poids) + 1))
    recus = sum(part.est_arrondi_recu for part in parts.values())
    assert {cle for cle, part in parts.items() if part.est_arrondi_recu} == {
        cle for cle, part in parts.items() if part.rang <= recus
    }


@sans_delai
@given(total=st.integers(0, 9), poids=st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any))
def test_aucune_autre_repartition_entiere_n_est_plus_proche_du_prorata(total, poids):
    ideaux = [Fraction(total * valeur, sum(poids)) for valeur in poids]

    def ecart(parts):
        return sum(abs(part - ideal) for part, ideal in zip(parts, ideaux, strict=True))

    meilleur = min(ecart(parts) for parts in product(range(total + 1), repeat=3) if sum(parts) == total)
    assert ecart(repartir(total, valeurs(poids)).values()) == meilleur
