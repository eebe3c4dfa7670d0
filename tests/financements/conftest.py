"""Ce que partagent les essais du rapport : un petit programme."""

import logging

import pytest

from financements.chiffres import Perimetre
from tests.comptes.fabriques import PersonneFactory
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
