"""Le rapport par la vraie file et un vrai travailleur, jusqu’à la mort de son processus."""

import psutil
import pytest

from config.embarque.processus import attendre
from config.socle.travaux import EtatTravail
from financements.actions.rapport import annuler_rapport, demander_rapport
from financements.models import Rapport
from tests.comptes.fabriques import PersonneFactory
from tests.financements.rapports import numeros_de_la_liste, petit_programme

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]
DELAI = 120  # secondes


def etat(rapport: Rapport) -> str:
    rapport.refresh_from_db()
    return rapport.etat


def ouvriers() -> list[psutil.Process]:
    """Les processus que le travailleur Celery a engendrés pour exécuter les tâches."""
    celery = [p for p in psutil.Process().children() if "celery" in p.cmdline()]
    return [enfant for parent in celery for enfant in parent.children()]


def test_un_rapport_passe_par_la_file(worker_celery):
    rapport = demander_rapport(auteur=None, perimetre=petit_programme().entier).rapport
    assert attendre(lambda: etat(rapport) == EtatTravail.TERMINE, DELAI)
    assert numeros_de_la_liste(rapport.volumes.get().fichier.path) == list(range(101, 109))


def test_un_processus_tue_pendant_la_mise_en_page_est_remplace(worker_celery):
    rapport = demander_rapport(auteur=None, perimetre=petit_programme().entier).rapport
    assert attendre(lambda: "Mise en page" in str(etat(rapport) and rapport.etape), DELAI)
    (ouvrier,) = ouvriers()
    ouvrier.kill()
    assert attendre(lambda: etat(rapport) == EtatTravail.TERMINE, DELAI)
    assert rapport.volumes.get().contenu["departs"] == 2


def test_l_annulation_atteint_l_autre_processus(worker_celery):
    pilote = PersonneFactory(pilote=True)
    rapport = demander_rapport(auteur=pilote, perimetre=petit_programme().entier).rapport
    assert attendre(lambda: "Mise en page" in str(etat(rapport) and rapport.etape), DELAI)
    annuler_rapport(auteur=pilote, rapport=rapport)
    assert attendre(lambda: etat(rapport) == EtatTravail.ANNULE, DELAI)
