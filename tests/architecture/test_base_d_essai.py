"""La base d’un essai ne garde rien de celui d’avant : ni lignes, ni ce que PostgreSQL en avait compté."""

import pytest
from django.db import connection
from django.test import TransactionTestCase

from territoires.models import Territoire
from tests.fixtures.base import vider
from tests.territoires.fabriques import TerritoireFactory

COMPTEES = """
    SELECT relpages, reltuples, (SELECT count(*) FROM pg_statistic WHERE starelid = c.oid)
      FROM pg_class c WHERE relname = %s
"""


def comptees() -> tuple[int, float, int]:
    """Pages, lignes et colonnes que le planificateur croit connaître des territoires."""
    with connection.cursor() as curseur:
        curseur.execute(COMPTEES, [Territoire._meta.db_table])
        return curseur.fetchone()


@pytest.mark.django_db(transaction=True)
def test_vider_fait_oublier_les_statistiques():
    TerritoireFactory.create_batch(3)
    with connection.cursor() as curseur:
        curseur.execute(f"ANALYZE {Territoire._meta.db_table}")
    pages, lignes, colonnes = comptees()  # les pages d’un fichier grossi par d’autres essais ne se rendent pas
    assert (pages > 0, lignes, colonnes > 0) == (True, 3, True)
    vider(TransactionTestCase())
    assert (Territoire.objects.count(), comptees()) == (0, (0, -1, 0))
