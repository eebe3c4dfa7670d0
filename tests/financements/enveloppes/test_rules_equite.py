"""Gini et Theil : des valeurs connues, et ce qui est toujours vrai."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from financements.rules.equite import EquiteIndefinie, gini, theil

groupes = st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 10**6)), min_size=1, max_size=6)


def partage(lignes) -> tuple[dict[str, int], dict[str, int]]:
    codes = [f"T{rang}" for rang in range(len(lignes))]
    return (
        {code: montant for code, (montant, _) in zip(codes, lignes, strict=True)},
        {code: effectif for code, (_, effectif) in zip(codes, lignes, strict=True)},
    )


def test_des_valeurs_calculees_a_la_main():
    # Deux territoires de même effectif : 1 contre 3. Gini 1/4 ; Theil = ¼·ln(½) + ¾·ln(3/2).
    montants, effectifs = {"A": 100, "B": 300}, {"A": 10, "B": 10}
    assert gini(montants, effectifs) == Fraction(1, 4)
    assert theil(montants, effectifs) == Decimal("0.130812")
    # Tout à l’un des deux : ln 2.
    assert theil({"A": 0, "B": 1}, effectifs) == Decimal("0.693147")
    assert gini({"A": 0, "B": 1}, effectifs) == Fraction(1, 2)


def test_un_montant_pour_personne_ne_se_mesure_pas():
    for indice in (gini, theil):
        with pytest.raises(EquiteIndefinie, match="« A » reçoit un montant et n’a aucun allocataire"):
            indice({"A": 1, "B": 1}, {"A": 0, "B": 5})
    assert gini({"A": 0, "B": 1}, {"A": 0, "B": 5}) == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groupes)
def test_nul_si_chaque_allocataire_compte_pareil(lignes):
    effectifs = partage(lignes)[1]
    egal = {code: 7 * effectif for code, effectif in effectifs.items()}
    assert (gini(egal, effectifs), theil(egal, effectifs)) == (0, 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groupes)
def test_gini_entre_zero_et_un_et_theil_positif(lignes):
    montants, effectifs = partage(lignes)
    assert 0 <= gini(montants, effectifs) < 1
    assert theil(montants, effectifs) >= 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groupes, st.integers(2, 1000))
def test_l_echelle_ne_compte_pas(lignes, facteur):
    montants, effectifs = partage(lignes)
    plus = {code: montant * facteur for code, montant in montants.items()}
    plus_nombreux = {code: effectif * facteur for code, effectif in effectifs.items()}
    attendu = (gini(montants, effectifs), theil(montants, effectifs))
    assert (gini(plus, effectifs), theil(plus, effectifs)) == attendu
    assert (gini(montants, plus_nombreux), theil(montants, plus_nombreux)) == attendu


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groupes)
def test_couper_un_territoire_en_deux_moities_egales_ne_change_rien(lignes):
    montants, effectifs = partage([(2 * montant, 2 * effectif) for montant, effectif in lignes])
    coupes = partage([(m // 2, n // 2) for m, n in zip(montants.values(), effectifs.values(), strict=True)] * 2)
    assert gini(*coupes) == gini(montants, effectifs)
    assert theil(*coupes) == theil(montants, effectifs)
