"""Les règles d’une saisie : des centimes, sans base."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.rules.saisie import (
    Bornes,
    SaisieRefusee,
    a_l_euro,
    au_demande,
    au_propose,
    plafonner,
    varier,
    verifier,
)

BORNES = Bornes({2016: 10_000_00, 2017: 5_000_00}, {2016: 8_000_00})
montants = st.integers(min_value=0, max_value=10**9)


def test_verifier_accepte_jusqu_au_demande_et_dit_l_annee_en_faute():
    verifier({2016: 10_000_00, 2017: 0}, BORNES.demandes)
    with pytest.raises(SaisieRefusee, match="dépasse ce que le projet demande") as refus:
        verifier({2016: 1, 2017: 5_000_01}, BORNES.demandes)
    assert refus.value.annee == 2017
    for montant in (0, 1):
        with pytest.raises(SaisieRefusee, match="ne demande rien en 2019"):
            verifier({2019: montant}, BORNES.demandes)
    with pytest.raises(SaisieRefusee, match="négatif"):
        verifier({2016: -1}, BORNES.demandes)


def test_varier_arrondit_a_l_euro_inferieur_et_reste_borne():
    assert varier({2016: 1_234_56, 2017: 5_000_00}, -300, BORNES) == {2016: 1_197_00, 2017: 4_850_00}
    assert varier({2016: 9_900_00, 2017: 0}, 10_000, BORNES) == {2016: 10_000_00, 2017: 0}
    assert varier({2016: 9_900_00, 2017: 1}, -10_000, BORNES) == {2016: 0, 2017: 0}


def test_plafonner_et_ramener():
    assert plafonner({2016: 9_000_00, 2017: 10}, 8_000_00) == {2016: 8_000_00, 2017: 10}
    assert au_propose(BORNES) == {2016: 8_000_00, 2017: 0}
    assert au_demande(BORNES) == {2016: 10_000_00, 2017: 5_000_00}


@given(montant=montants, demande=montants, centiemes=st.integers(min_value=-10_000, max_value=10_000))
def test_varier_ne_sort_jamais_de_zero_au_demande(montant: int, demande: int, centiemes: int):
    varie = varier({2016: montant}, centiemes, Bornes({2016: demande}, {}))[2016]
    assert 0 <= varie <= demande
    assert varie == demande or varie == a_l_euro(varie)
