"""La fin de l’instruction au rythme des quatre dernières semaines entières."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projets.rules.prevision import UNE_SEMAINE, Prevision, Semaine, lundi_de, prevoir, semaines

MERCREDI = date(2026, 6, 17)
LUNDI = date(2026, 6, 15)
AVANT = date(2026, 4, 1)


def passees(*finis: int) -> list[Semaine]:
    """Les semaines qui finissent par celle en cours."""
    return [Semaine(LUNDI - UNE_SEMAINE * (len(finis) - 1 - rang), n) for rang, n in enumerate(finis)]


@pytest.mark.parametrize(
    ("restants", "finis", "debut", "attendu"),
    [
        (40, (5, 10, 10, 15, 99), AVANT, Prevision(40, Fraction(10), MERCREDI + timedelta(days=28))),
        (41, (5, 10, 10, 15, 0), AVANT, Prevision(41, Fraction(10), MERCREDI + timedelta(days=29))),
        (1, (0, 0, 0, 1, 0), AVANT, Prevision(1, Fraction(1, 4), MERCREDI + timedelta(days=28))),
        (40, (99, 0, 0, 0, 0, 12), AVANT, Prevision(40, Fraction(0), None)),
        (40, (10, 10, 10, 10, 0), None, Prevision(40, Fraction(10), None)),
        (40, (10, 10, 10, 10, 0), LUNDI - UNE_SEMAINE * 3, Prevision(40, Fraction(10), None)),
        (40, (10, 10, 10, 10, 0), LUNDI - UNE_SEMAINE * 4, Prevision(40, Fraction(10), MERCREDI + timedelta(days=28))),
        (0, (0, 0, 0, 0, 0), None, Prevision(0, Fraction(0), MERCREDI)),
    ],
    ids=[
        "rond",
        "arrondi au-dessus",
        "lent",
        "rien depuis un mois",
        "rien de déposé",
        "trop tôt",
        "juste assez",
        "fini",
    ],
)
def test_la_prevision(restants, finis, debut, attendu):
    assert prevoir(restants, passees(*finis), debut, MERCREDI) == attendu


def test_les_semaines_vides_comptent_et_la_courante_est_la_derniere():
    assert semaines({LUNDI: 2, LUNDI - UNE_SEMAINE * 2: 7, date(2025, 1, 6): 9}, MERCREDI, 3) == passees(7, 0, 2)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_un_lundi_est_le_premier_jour_de_sa_semaine(jour):
    lundi = lundi_de(jour)
    assert (lundi.weekday(), 0 <= (jour - lundi).days < 7) == (0, True)


RESTANTS, FINIS = st.integers(1, 3000), st.lists(st.integers(0, 200), min_size=4, max_size=4)


@given(RESTANTS, FINIS, st.integers(0, 500))
def test_au_rythme_annonce_tout_est_fini_ce_jour_la_et_pas_la_veille(restants, finis, courante):
    prevue = prevoir(restants, passees(*finis, courante), AVANT, MERCREDI)
    if not sum(finis):
        assert prevue.fin is None
        return
    jours = (prevue.fin - MERCREDI).days
    assert prevue.par_semaine * jours >= restants * 7 > prevue.par_semaine * (jours - 1)


@given(RESTANTS, FINIS, st.integers(0, 200))
def test_qui_va_plus_vite_ou_a_moins_a_faire_ne_finit_jamais_plus_tard(restants, finis, de_plus):
    fin = prevoir(restants + de_plus, passees(*finis, 0), AVANT, MERCREDI).fin
    moins = prevoir(restants, passees(*finis, 0), AVANT, MERCREDI).fin
    mieux = prevoir(restants + de_plus, passees(*finis[:-1], finis[-1] + de_plus, 0), AVANT, MERCREDI).fin
    assert fin is None or (moins <= fin and mieux <= fin)


@given(RESTANTS, FINIS, st.integers(0, 500), st.integers(0, 500))
def test_la_semaine_en_cours_n_y_change_rien(restants, finis, une, autre):
    assert prevoir(restants, passees(*finis, une), AVANT, MERCREDI) == prevoir(
        restants, passees(*finis, autre), AVANT, MERCREDI
    )
