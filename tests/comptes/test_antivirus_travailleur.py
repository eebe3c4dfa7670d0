"""De bout en bout : l’envoi met l’analyse en file, un vrai travailleur interroge un vrai clamd, le courriel part."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings as reglages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from comptes.actions.documents import Description, ajouter_un_document
from comptes.models import Courriel, Document
from config.celery import FILES, app, client_de_la_file
from config.embarque.essais import lieux_des_essais
from config.embarque.lieux import RACINE
from config.embarque.processus import attendre, mourir_avec_le_parent
from tests.comptes.fabriques import AdhesionFactory
from tests.socle.antivirus_d_essai import MARQUE, NOM, vrai_clamd
from tests.socle.fichiers_d_essai import pdf

pytestmark = [pytest.mark.lent, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def antivirus_et_travailleur(transactional_db, tmp_path, settings) -> Iterator[None]:
    """Un clamd et un travailleur qui le connaît, à eux deux pour cet essai ; la file est vidée après."""
    with vrai_clamd(tmp_path) as adresse, client_de_la_file(reglages.CELERY_BROKER_URL) as client:
        settings.CLAMAV_ADRESSE = adresse
        ici = lieux_des_essais(os.environ)
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "ESSAIS_TRAVAILLEUR": "1",
            "CLAMAV_ADRESSE": adresse,
            "DATABASE_URL": ici.adresse_base(str(connection.settings_dict["NAME"])),
        }
        client.delete(*FILES)
        travailleur = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "config",
                "worker",
                "--concurrency=1",
                "--hostname=antivirus@local",
            ],
            cwd=RACINE,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=mourir_avec_le_parent(signal.SIGTERM),  # noqa: PLW1509 (xdist nous laisse le fil principal)
        )
        app.conf.task_always_eager = False
        try:
            yield
        finally:
            app.conf.task_always_eager = True
            travailleur.terminate()
            travailleur.wait(timeout=30)
            client.delete(*FILES, "unacked", "unacked_index")


def test_un_vrai_travailleur_fait_examiner_le_fichier(antivirus_et_travailleur):
    adhesion = AdhesionFactory()
    for nom in ("sain", MARQUE.decode()):
        ajouter_un_document(
            auteur=adhesion.personne,
            organisme=adhesion.organisme,
            recu=SimpleUploadedFile("statuts.pdf", pdf(marque=nom)),
            description=Description("statuts", nom),
        )

    def verdicts() -> dict[str, tuple[str, str]]:
        return {d.intitule: (d.etat, d.motif) for d in Document.objects.all()}

    attendus = {"sain": ("sain", ""), MARQUE.decode(): ("infecte", f"{NOM}.UNOFFICIAL")}
    attendre(lambda: verdicts() == attendus, 60)
    assert verdicts() == attendus
    attendre(lambda: Courriel.objects.filter(etat="envoye").exists(), 30)
    assert list(Courriel.objects.values_list("destinataire", "etat")) == [(adhesion.personne.email, "envoye")]
