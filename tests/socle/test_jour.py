"""Une date s’écrit comme un lecteur français la lit."""

from datetime import UTC, date, datetime

import pytest

from config.socle.templatetags.socle import jour


@pytest.mark.parametrize(
    ("quand", "attendu"),
    [
        (date(2027, 1, 1), "1er janvier 2027"),
        (date(2026, 11, 22), "22 novembre 2026"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "1er janvier 2027"),
        (None, ""),
    ],
)
def test_le_premier_du_mois_s_ecrit_1er_et_un_instant_se_lit_a_paris(quand, attendu):
    assert jour(quand) == attendu
