"""L’argent : conversions exactes et écriture française."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle.montants import (
    en_centimes,
    en_euros,
    format_euros,
    format_euros_ronds,
    format_euros_signe,
    format_meuros,
    format_nombre,
    format_pourcent,
    format_pourcent_signe,
)


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_les_centimes_font_l_aller_et_le_retour(centimes):
    assert en_centimes(en_euros(centimes)) == centimes


def test_une_fraction_de_centime_est_refusee():
    with pytest.raises(ValueError, match="deux décimales"):
        en_centimes(Decimal("1.005"))


@pytest.mark.parametrize(
    ("fonction", "valeur", "attendu"),
    [
        (format_euros, Decimal("1234567.8"), "1\u202f234\u202f567,80\u00a0€"),
        (format_euros, Decimal("0"), "0,00\u00a0€"),
        (format_euros, Decimal("-12.345"), "\u221212,35\u00a0€"),
        (format_euros, None, ""),
        (format_euros_ronds, Decimal("643.75"), "644\u00a0€"),
        (format_euros_signe, Decimal("12"), "+12,00\u00a0€"),
        (format_euros_signe, Decimal("-12"), "\u221212,00\u00a0€"),
        (format_euros_signe, Decimal("0"), "0,00\u00a0€"),
        (format_meuros, Decimal("74280000"), "74,28\u00a0M€"),
        (format_nombre, 115386, "115\u202f386"),
        (format_nombre, Decimal("-0.4"), "0"),
        (format_nombre, None, ""),
        (format_pourcent, Decimal("59.033"), "59,0\u00a0%"),
        (format_pourcent_signe, Decimal("2.44"), "+2,4\u00a0%"),
        (format_pourcent_signe, Decimal("-18"), "\u221218,0\u00a0%"),
        (format_pourcent_signe, Decimal("-0.01"), "0,0\u00a0%"),
        (format_pourcent_signe, None, ""),
    ],
)
def test_un_nombre_s_ecrit_a_la_francaise(fonction, valeur, attendu):
    assert fonction(valeur) == attendu
