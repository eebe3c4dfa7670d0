"""Le petit appel en arbitrage, voté, exécutoire, puis notifié."""

import pytest

from tests.financements.arbitrage.fabriques import petit_arbitrage
from tests.financements.lettres.fabriques import Notifie, votee


@pytest.fixture
def vote(db: None) -> Notifie:
    """Cinq décisions votées, que rien ne rend exécutoires : 1 et 3 retenus, 2 en attente, 4 et 5 non retenus."""
    return votee(petit_arbitrage())


@pytest.fixture
def notifie(vote: Notifie) -> Notifie:
    """Les mêmes, notifiées : les projets 1 et 4 ont un responsable, les autres partent en recommandé."""
    return vote.notifier()
