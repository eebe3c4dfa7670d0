"""L’étape du budget, en vrai : ce qui s’enregistre, ce qui se dit, et combien de requêtes cela coûte."""

import pytest
from django.utils import timezone

from comptes.states import Role
from projets.models import Projet, Saisie
from projets.states import EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def porteur():
    return PersonneFactory(role=Role.PORTEUR)


@pytest.fixture
def projet(porteur) -> Projet:
    axe = AxeFactory(appel=AppelFactory(annee_debut=2027, annee_fin=2029))
    organisme = AdhesionFactory(personne=porteur).organisme
    return ProjetFactory(axe=axe, organisme=organisme, numero=None, etat=EtatProjet.BROUILLON)


@pytest.fixture
def adresse(projet) -> str:
    return f"/mes-projets/{projet.pk}/budget/"


def taper(projet: Projet, **valeurs: str) -> None:
    Saisie.objects.bulk_create(
        Saisie(projet=projet, champ=champ, valeur=valeur, saisie_le=timezone.now())
        for champ, valeur in valeurs.items()
    )


def test_la_page_se_montre_vide(connecter, porteur, adresse):
    reponse = connecter(porteur).get(adresse)
    assert reponse.status_code == 200
