"""Répartition hiérarchique : totaux emboîtés exacts à chaque niveau."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territoires.rules.plus_forts_restes import repartir
from territoires.rules.refus import PoidsTousNuls
from territoires.rules.tableaux import marge, repartir_par_niveaux
from tests.territoires.repartitions import ENVELOPPE, HUIT_TERRITOIRES, jeux_de_poids, sans_delai, totaux

ANNEES = {"2016": 1, "2017": 1, "2018": 1}
AXES = {"1": 3, "2": 1}


def test_un_total_descend_par_annee_puis_par_territoire_puis_par_axe():
    cellules = repartir_par_niveaux(100, [{"2016": 1, "2017": 1}, {"A": 2, "B": 1}, AXES])
    assert list(cellules.items()) == [
        (("2016", "A", "1"), 25),
        (("2016", "A", "2"), 8),
        (("2016", "B", "1"), 13),
        (("2016", "B", "2"), 4),
        (("2017", "A", "1"), 25),
        (("2017", "A", "2"), 8),
        (("2017", "B", "1"), 13),
        (("2017", "B", "2"), 4),
    ]
    assert marge(cellules, 2) == {("1",): 76, ("2",): 24}  # au prorata, l’axe 1 aurait 75 : marge non directrice
    assert marge(cellules, 0, 1) == {("2016", "A"): 33, ("2016", "B"): 17, ("2017", "A"): 33, ("2017", "B"): 17}
    assert marge(cellules) == {(): 100}


def test_le_programme_du_nord_a_des_totaux_emboites_exacts():
    cellules = repartir_par_niveaux(ENVELOPPE, [ANNEES, HUIT_TERRITOIRES, AXES])
    annees = marge(cellules, 0)
    assert annees == {("2016",): 2_476_666_667, ("2017",): 2_476_666_667, ("2018",): 2_476_666_666}
    assert marge(cellules, 0, 1) == {
        (annee, territoire): part
        for (annee,), total in annees.items()
        for territoire, part in repartir(total, HUIT_TERRITOIRES).items()
    }


def test_les_poids_peuvent_dependre_de_la_cellule_a_diviser():
    par_annee = {("2016",): {"A": 1, "B": 1}, ("2017",): {"A": 3, "B": 1}}
    assert repartir_par_niveaux(800, [{"2016": 1, "2017": 1}, par_annee.__getitem__]) == {
        ("2016", "A"): 200,
        ("2016", "B"): 200,
        ("2017", "A"): 300,
        ("2017", "B"): 100,
    }


def test_un_tableau_vote_en_euros_n_a_que_des_euros_entiers():
    assert repartir_par_niveaux(1_000, [{"2016": 1, "2017": 1}, {"A": 2, "B": 1}], unite=100) == {
        ("2016", "A"): 300,
        ("2016", "B"): 200,
        ("2017", "A"): 300,
        ("2017", "B"): 200,
    }


def test_une_cellule_a_zero_se_divise_en_zeros():
    axes = {("A",): {"1": 1, "2": 1}, ("B",): {"1": 0, "2": 0}}
    assert repartir_par_niveaux(10, [{"A": 1, "B": 0}, axes.__getitem__]) == {
        ("A", "1"): 5,
        ("A", "2"): 5,
        ("B", "1"): 0,
        ("B", "2"): 0,
    }


@pytest.mark.parametrize("total", [0, 10])
def test_des_poids_tous_nuls_sont_refuses_des_le_premier_niveau(total):
    with pytest.raises(PoidsTousNuls):
        repartir_par_niveaux(total, [{"A": 0}])


def test_des_poids_tous_nuls_sous_une_cellule_dotee_sont_refuses():
    with pytest.raises(PoidsTousNuls):
        repartir_par_niveaux(10, [{"A": 1}, {"1": 0}])


@sans_delai
@given(
    total=totaux,
    niveaux=st.lists(jeux_de_poids.filter(lambda poids: len(poids) <= 5), min_size=1, max_size=3),
    unite=st.sampled_from([1, 100]),
)
def test_chaque_cellule_est_la_somme_de_ses_divisions(total, niveaux, unite):
    cellules = repartir_par_niveaux(total * unite, niveaux, unite=unite)
    for profondeur in range(len(niveaux)):
        assert marge(cellules, *range(profondeur)) == repartir_par_niveaux(
            total * unite, niveaux[:profondeur], unite=unite
        )
