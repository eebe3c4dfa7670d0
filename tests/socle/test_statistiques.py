"""Ce que PostgreSQL croit de ses tables, une fois mesurées."""

import pytest
from django.db import connection

from config.socle.statistiques import mesurer_les_tables
from territoires.models import Commune, Territoire
from tests.territoires.fabriques import TerritoireFactory


@pytest.mark.django_db
def test_mesurer_compte_les_lignes_de_la_transaction_en_cours():
    TerritoireFactory.create_batch(3)
    mesurer_les_tables((Territoire, Commune))
    with connection.cursor() as curseur:
        curseur.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Territoire._meta.db_table])
        assert curseur.fetchall() == [(3,)]
