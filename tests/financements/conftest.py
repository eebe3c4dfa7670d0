"""Ce que partagent les essais du rapport : un petit programme, une file que personne n’écoute."""

import logging
from collections.abc import Callable, Iterator

import pytest

from config.celery import FILES, app, client_de_la_file
from financements.chiffres import Perimetre
from tests.comptes.fabriques import PersonneFactory
from tests.conftest import CLE_TRAVAILLEUR
from tests.financements.rapports import PetitProgramme, petit_programme


@pytest.fixture
def programme() -> PetitProgramme:
    return petit_programme()


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


@pytest.fixture
def petit(programme) -> Perimetre:
    """Un périmètre vite imprimé."""
    return Perimetre(programme.appel, (2016,), axe=programme.axes[0])


class Ecoute(logging.Handler):
    """Fait `acte` quand la mise en page dit `message` (le journal de WeasyPrint)."""

    def __init__(self, message: str, acte) -> None:
        super().__init__()
        self.message, self.acte, self.lus = message, acte, []

    def emit(self, record: logging.LogRecord) -> None:
        self.lus.append(record.getMessage())
        if record.getMessage() == self.message:
            self.acte()


@pytest.fixture
def pendant_la_mise_en_page():
    """`pendant_la_mise_en_page(message, acte)` : `acte` s’exécute à cette étape, avant que la tâche la reçoive."""
    journal = logging.getLogger("weasyprint.progress")
    poses = []

    def poser(message, acte) -> Ecoute:
        poses.append(Ecoute(message, acte))
        journal.addHandler(poses[-1])
        return poses[-1]

    yield poser
    for pose in poses:
        journal.removeHandler(pose)


@pytest.fixture
def file_muette(request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """Les tâches vont dans les vraies files, où personne ne les prend ; elles sont vidées à la fin."""

    def executer_sur_place() -> None:
        app.conf.task_always_eager = True
        with client_de_la_file(app.conf.broker_url) as client:
            client.delete(*FILES)

    # Le vrai travailleur d’un autre essai du même processus tourne peut-être encore : qu’il n’y touche pas.
    ecoutees = FILES if request.config.stash.get(CLE_TRAVAILLEUR, False) else ()
    for file in ecoutees:
        assert app.control.cancel_consumer(file, reply=True, timeout=5, limit=1)
    app.conf.task_always_eager = False
    yield executer_sur_place
    executer_sur_place()
    for file in ecoutees:
        assert app.control.add_consumer(file, reply=True, timeout=5, limit=1)
