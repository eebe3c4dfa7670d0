"""Le temps qui reste, en mots : jamais plus qu’il n’en reste."""

from datetime import UTC, datetime, timedelta

import pytest

from projets.rules.echeance import temps_restant

FIN = datetime(2016, 4, 29, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("avant", "dit"),
    [
        (timedelta(days=6, hours=23), "dans 6\u00a0jours"),
        (timedelta(days=2), "dans 2\u00a0jours"),
        (timedelta(days=2) - timedelta(seconds=1), "dans 47\u00a0heures"),
        (timedelta(hours=1), "dans 1\u00a0heure"),
        (timedelta(minutes=59, seconds=59), "dans 59\u00a0minutes"),
        (timedelta(minutes=1), "dans 1\u00a0minute"),
        (timedelta(seconds=59), "dans moins d’une minute"),
        (timedelta(milliseconds=1), "dans moins d’une minute"),
        (timedelta(0), ""),
        (timedelta(days=-1), ""),
    ],
)
def test_le_temps_restant_est_arrondi_en_dessous(avant, dit):
    assert temps_restant(FIN, FIN - avant) == dit
