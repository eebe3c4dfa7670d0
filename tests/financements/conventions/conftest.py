"""Un prestataire de signature réglé, et une convention à lui confier."""

from collections.abc import Callable, Iterator

import pytest

from financements.actions.conventions.signature.demander import envoyer_au_prestataire
from financements.models import Convention, DemandeDeSignature
from tests.comptes.registre import PATIENCE
from tests.financements.conventions.fabriques import editee, finances
from tests.financements.conventions.prestataire import CLE, Prestataire, servir_le_prestataire


@pytest.fixture
def prestataire(settings, monkeypatch) -> Iterator[Prestataire]:
    """Celui des essais, réglé."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    prestataire = Prestataire()
    serveur = servir_le_prestataire(prestataire)
    settings.SIGNATURE_URL, settings.SIGNATURE_CLE, settings.SIGNATURE_DELAI = prestataire.adresse, CLE, PATIENCE
    yield prestataire
    serveur.shutdown()
    serveur.server_close()


@pytest.fixture
def a_signer(dossier_prive, django_capture_on_commit_callbacks) -> Convention:
    """Une convention éditée, son PDF produit."""
    with django_capture_on_commit_callbacks(execute=True):
        convention = editee(finances())
    convention.refresh_from_db()
    return convention


@pytest.fixture
def envoyer(prestataire, a_signer, django_capture_on_commit_callbacks) -> Callable[..., DemandeDeSignature]:
    """Confie la convention au prestataire ; la demande telle qu’elle est après le premier pas."""

    def faire(auteur=None):
        with django_capture_on_commit_callbacks(execute=True):
            demande = envoyer_au_prestataire(auteur=auteur or finances(), convention=a_signer)
        demande.refresh_from_db()
        return demande

    return faire
