"""Le petit appel en arbitrage de `fabriques`, pour chaque essai qui le demande."""

import pytest

from tests.financements.arbitrage.fabriques import PetitArbitrage, petit_arbitrage


@pytest.fixture
def monde(db: None) -> PetitArbitrage:
    """Cinq projets, deux territoires, deux axes, 20 000 € par an."""
    return petit_arbitrage()
