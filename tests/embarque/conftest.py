"""Des dossiers d’état jetables, atteignables par le compte des serveurs, effacés avec leurs sockets."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embarque.lieux import Lieux, lieux
from config.embarque.usage import Usage, serveurs_voulus

FabriqueUsage = Callable[[Lieux], Usage]


@pytest.fixture
def dossier() -> Iterator[Path]:
    """Un dossier court, hors de `tmp_path` dont les parents sont fermés au compte `nobody`."""
    chemin = Path(tempfile.mkdtemp(prefix="ma-essai-", dir="/tmp"))
    chemin.chmod(0o755)
    yield chemin
    shutil.rmtree(chemin, ignore_errors=True)


@pytest.fixture
def ici(dossier: Path) -> Iterator[Lieux]:
    """Les lieux d’une installation neuve, au chemin court et sans espace."""
    trouves = lieux({"MILLE_ACTIONS_VAR": str(dossier / "etat")})
    yield trouves
    shutil.rmtree(trouves.sockets, ignore_errors=True)


@pytest.fixture
def nouvel_usage() -> Iterator[FabriqueUsage]:
    """Fabrique d’usages ; ceux que l’essai laisse ouverts sont fermés à la fin."""
    ouverts: list[Usage] = []

    def fabriquer(ici: Lieux) -> Usage:
        usage = Usage(ici, serveurs_voulus({}, ici))
        ouverts.append(usage)
        usage.ouvrir()
        return usage

    yield fabriquer
    for usage in ouverts:
        usage.fermer()
    for usage in ouverts:
        shutil.rmtree(usage.ici.sockets, ignore_errors=True)


@pytest.fixture
def environ_propre() -> dict[str, str]:
    """L’environnement de ce processus, sans les adresses des serveurs des essais ni la mesure de couverture."""
    retires = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL", "MILLE_ACTIONS_VAR", "PORT")
    retires += ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "MILLE_ACTIONS_SOUS_MAKE")
    return {cle: valeur for cle, valeur in os.environ.items() if cle not in retires}
