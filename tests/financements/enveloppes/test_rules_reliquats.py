"""Reverser et repartager : l’année garde son total, qui reçoit reçoit au prorata, et l’absurde est refusé."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from financements.rules.reliquats import Redistribution, redistribuer
from territoires.rules.refus import RepartitionRefusee

MONTANTS = {("AVE", 2016): 1000, ("DOU", 2016): 500, ("VAL", 2016): 500, ("AVE", 2017): 10, ("DOU", 2017): 10}
EFFECTIFS = {"AVE": 5, "DOU": 2, "VAL": 1}


def test_le_pot_de_l_annee_va_au_prorata_a_qui_demande():
    assert redistribuer(MONTANTS, {("AVE", 2016): 100}, ["DOU", "VAL"], EFFECTIFS) == Redistribution(
        recu={("DOU", 2016): 67, ("VAL", 2016): 33},
        montants=MONTANTS | {("AVE", 2016): 900, ("DOU", 2016): 567, ("VAL", 2016): 533},
    )


@pytest.mark.parametrize(
    ("reverse", "receveurs", "phrase"),
    [
        ({}, ["DOU"], "Rien n’est reversé"),
        ({("AVE", 2016): 1}, [], "Personne ne reçoit"),
        ({("AVE", 2016): 1001}, ["DOU"], "sa dotation est de 10,00\u00a0€"),
        ({("AVE", 2016): 0}, ["DOU"], "sa dotation est de 10,00\u00a0€"),
        ({("AVE", 2016): 1}, ["AVE", "DOU"], "ne reverse pas et ne reçoit pas à la fois : AVE"),
        ({("AVE", 2017): 1}, ["VAL"], "« VAL » n’a pas de dotation en 2017"),
    ],
)
def test_l_absurde_est_refuse(reverse, receveurs, phrase):
    with pytest.raises(RepartitionRefusee, match=phrase):
        redistribuer(MONTANTS, reverse, receveurs, EFFECTIFS)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 1000), st.integers(1, 10**6), st.integers(0, 10**6))
def test_chaque_annee_garde_son_total(pot, premier, second):
    obtenu = redistribuer(MONTANTS, {("AVE", 2016): pot}, ["DOU", "VAL"], {"DOU": premier, "VAL": second})
    assert sum(obtenu.recu.values()) == pot
    assert sum(obtenu.montants.values()) == sum(MONTANTS.values())
