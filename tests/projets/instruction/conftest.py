"""Un projet déposé, et l’instructeur de son territoire."""

import pytest
from django.utils import timezone

from comptes.states import Role
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import ProjetFactory
from tests.territoires.fabriques import TerritoireFactory


@pytest.fixture
def territoire():
    return TerritoireFactory()


@pytest.fixture
def instructeur(territoire):
    personne = PersonneFactory(role=Role.INSTRUCTEUR)
    personne.territoires.add(territoire)
    return personne


@pytest.fixture
def projet(territoire):
    return ProjetFactory(territoires={territoire: 100}, depose_le=timezone.now())
