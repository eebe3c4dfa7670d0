"""Les identifiants tels qu’on les écrit, ramenés à un mot."""

import pytest

from comptes.rules.identifiants import est_un_numero_d_entreprise, recoller


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        ("ccas 130 005 481 00010 lille", "ccas 13000548100010 lille"),
        ("13000548100010", "13000548100010"),
        ("130005481 00010", "13000548100010"),
        ("130 005 481", "130005481"),
        ("w59 1234567 eveil", "w591234567 eveil"),
        ("W2A 123 4567", "W2A1234567"),
        ("12 345", "12 345"),  # deux nombres, pas un identifiant
        ("1300 005 481", "1300 005 481"),
        ("new59 1234567", "new59 1234567"),
    ],
)
def test_recoller_un_identifiant_ecrit_en_groupes(ecrit, attendu):
    assert recoller(ecrit) == attendu


@pytest.mark.parametrize(
    ("mot", "attendu"), [("130005481", True), ("13000548100010", True), ("1300054810", False), ("13000548a", False)]
)
def test_un_numero_d_entreprise_a_neuf_ou_quatorze_chiffres(mot, attendu):
    assert est_un_numero_d_entreprise(mot) is attendu
