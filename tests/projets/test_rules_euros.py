"""Un montant tapé se lit en centimes entiers, ou dit quoi écrire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle.montants import en_euros, format_euros, format_euros_ronds
from projets.rules.euros import MAXIMUM, MontantIllisible, lire_euros


@pytest.mark.parametrize(
    ("texte", "centimes"),
    [
        ("", 0),
        ("  ", 0),
        ("0", 0),
        ("1234", 123_400),
        ("1 234", 123_400),
        ("1\u202f234\u00a0€", 123_400),
        ("1 234,00", 123_400),
        ("1234.0", 123_400),
        ("0012", 1_200),
        ("99 999 999", 9_999_999_900),
    ],
)
def test_un_montant_se_lit(texte, centimes):
    assert lire_euros(texte) == centimes


@pytest.mark.parametrize(
    ("texte", "raison"),
    [
        ("12,50", "Écrivez des euros entiers, sans centimes."),
        ("12.5", "Écrivez des euros entiers, sans centimes."),
        ("-5", "Un montant n’est pas négatif."),
        ("−5", "Un montant n’est pas négatif."),
        ("100000000", "Ce montant dépasse 99\u202f999\u202f999\u00a0€."),
        ("1.234", "Écrivez un nombre entier d’euros, comme 1\u202f234."),
        ("12 € 50", "Écrivez un nombre entier d’euros, comme 1\u202f234."),
        ("mille", "Écrivez un nombre entier d’euros, comme 1\u202f234."),
        ("١٢", "Écrivez un nombre entier d’euros, comme 1\u202f234."),
    ],
)
def test_ce_qui_ne_se_lit_pas_dit_quoi_ecrire(texte, raison):
    with pytest.raises(MontantIllisible, match=f"^{raison.replace('.', '[.]')}$"):
        lire_euros(texte)


@given(st.integers(0, MAXIMUM), st.sampled_from([format_euros, format_euros_ronds, lambda euros: f"{euros:.0f}"]))
def test_ce_que_l_application_ecrit_se_relit(euros, ecrire):
    assert lire_euros(ecrire(en_euros(euros * 100))) == euros * 100
