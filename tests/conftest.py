"""Les serveurs des essais : PostgreSQL et Valkey embarqués, partagés entre les processus de pytest-xdist."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from config.celery import CLE_DU_BATTEMENT, FILES, app, client_de_la_file
from config.embarque.erreurs import ErreurEmbarque
from config.embarque.essais import adresse_de_la_base_d_essai, lieux_des_essais
from config.embarque.lieux import RACINE
from config.embarque.postgresql import REGLAGES_DES_ESSAIS
from config.embarque.processus import fin_du_journal, mourir_avec_le_parent, ouvrir_journal
from config.embarque.usage import Usage, serveurs_voulus
from tests.fixtures.acces import connecter  # noqa: F401 (fixture)
from tests.fixtures.base import commencer_le_gabarit, django_db_modify_db_settings  # noqa: F401 (fixture)
from tests.fixtures.fichiers import dossier_prive  # noqa: F401 (fixture)
from tests.fixtures.gabarits import gabarits_stricts  # noqa: F401 (fixture)
from tests.fixtures.requetes import requetes  # noqa: F401 (fixture)

FERMER_LES_SESSIONS_RESTEES = """
    SELECT pid, pg_terminate_backend(pid, 5000), state, backend_start::text, state_change::text, left(query, 300)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
CLE_USAGE = pytest.StashKey[Usage]()
CLE_GABARIT = pytest.StashKey[subprocess.Popen[bytes]]()
CLE_TRAVAILLEUR = pytest.StashKey[bool]()  # vrai tant que le travailleur de ce processus tourne
DELAI_DU_TRAVAILLEUR = 30.0  # secondes

# Une machine chargée n’est pas un défaut du code : ni délai par exemple, ni lenteur à en tirer.
PATIENT = "patient"
hypothesis.settings.register_profile(PATIENT, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile(PATIENT)


def pytest_configure(config: pytest.Config) -> None:
    """Démarre les serveurs qui manquent ; `config.settings.test` vise déjà leurs adresses."""
    ici = lieux_des_essais(os.environ)
    usage = Usage(ici, serveurs_voulus(os.environ, ici, REGLAGES_DES_ESSAIS))
    try:
        ici.creer()  # les journaux y vont, même quand DATABASE_URL et REDIS_URL mènent ailleurs
        if usage.serveurs:
            usage.ouvrir()
            config.stash[CLE_USAGE] = usage
    except ErreurEmbarque as erreur:
        pytest.exit(f"Serveurs embarqués : {erreur}", returncode=4)
    if config.getoption("numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        config.stash[CLE_GABARIT] = commencer_le_gabarit()


def pytest_collection_finish() -> None:
    """Le ramasse-miettes ne reparcourt plus ce qui vit jusqu’à la fin, modules et essais : un dixième du temps."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Rend sa place ; le dernier processus arrête les serveurs."""
    gabarit = config.stash.get(CLE_GABARIT, None)
    if gabarit is not None:
        gabarit.terminate()
        gabarit.wait()
    usage = config.stash.get(CLE_USAGE, None)
    if usage is not None:
        usage.fermer()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Comme pytest-django ; à la fin, une connexion que quelqu’un n’a pas rendue est fermée, et dite.

    PostgreSQL n’efface pas une base dont une session reste ouverte. Celles-là sont de l’essai, pas du produit : le
    serveur d’essai et la boucle de Playwright ont les leurs.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as curseur:
        curseur.execute(FERMER_LES_SESSIONS_RESTEES)
        for restee in curseur.fetchall():
            print(f"\nConnexion non rendue, fermée : {restee}", file=sys.__stderr__, flush=True)


@pytest.fixture(scope="session")
def travailleur_en_marche(django_db_setup: None, pytestconfig: pytest.Config) -> Iterator[None]:
    """Un vrai processus Celery sur la base d’essai et la vraie file, pour toute la session (voir `worker_celery`)."""
    ici = lieux_des_essais(os.environ)
    nom = os.environ.get("PYTEST_XDIST_WORKER", "seul")
    journal = ici.journaux / f"travailleur-{nom}.log"
    client = client_de_la_file(settings.CELERY_BROKER_URL)
    client.flushdb()  # des messages d’une session interrompue parleraient de lignes disparues
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "ESSAIS_TRAVAILLEUR": "1",
        "DATABASE_URL": adresse_de_la_base_d_essai(os.environ, str(connection.settings_dict["NAME"])),
    }
    commande = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency=1", "--loglevel=INFO"]
    with ouvrir_journal(journal) as sortie:
        processus = subprocess.Popen(
            [*commande, f"--hostname=essais-{nom}@local"],
            cwd=RACINE,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=sortie,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=mourir_avec_le_parent(signal.SIGTERM),  # noqa: PLW1509 (xdist nous laisse le fil principal)
        )
    try:
        limite = time.monotonic() + DELAI_DU_TRAVAILLEUR
        while not client.exists(CLE_DU_BATTEMENT):
            if processus.poll() is not None or time.monotonic() > limite:
                pytest.fail(f"Le travailleur Celery ne démarre pas :\n{fin_du_journal(journal, 40)}")
            time.sleep(0.1)
        pytestconfig.stash[CLE_TRAVAILLEUR] = True
        yield
    finally:
        pytestconfig.stash[CLE_TRAVAILLEUR] = False
        processus.terminate()
        try:
            processus.wait(timeout=10)
        except subprocess.TimeoutExpired:
            processus.kill()
            processus.wait()
        client.close()


@pytest.fixture
def worker_celery(transactional_db: None, travailleur_en_marche: None) -> Iterator[None]:
    """Les tâches de cet essai passent par la file et un vrai travailleur, au lieu d’être exécutées sur place.

    À demander par les essais de bout en bout seulement (marque `lent`). Le travailleur est un autre processus : il ne
    voit que ce qui est validé en base, d’où `transactional_db` (les tables sont vidées à la fin de l’essai), et il
    faut attendre l’effet de la tâche (`config.embarque.processus.attendre`), pas son retour. La file est vidée après
    l’essai ; elle est propre à chaque processus de pytest-xdist.
    """
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True  # la valeur de config.settings.test
    with client_de_la_file(settings.CELERY_BROKER_URL) as client:
        client.delete(*FILES, "unacked", "unacked_index")


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
