"""Les seuils que pose une migration, remis : un essai hors transaction vide toutes les tables après lui."""

from importlib import import_module

import pytest
from django.apps import apps


@pytest.fixture(autouse=True)
def seuils_poses(db: None) -> None:
    """Ceux de la migration, écrits par elle."""
    import_module("financements.migrations.0026_seuils_de_minimis").ecrire(apps, None)
