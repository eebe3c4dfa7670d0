"""Le jour du rejet implicite, tenu par la base : toujours celui de la règle."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projets.models import DemandeDeComplement, Projet
from projets.rules.calendrier import PARIS
from projets.rules.depot import rejet_implicite_le
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db
DEBUT = datetime(2026, 1, 1, 12, tzinfo=PARIS)
RECUS = st.integers(0, 1095).map(lambda jours: DEBUT + timedelta(days=jours))
DEMANDES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40), st.integers(0, 60)), max_size=3)


def relu(projet: Projet) -> date | None:
    return Projet.objects.values_list("rejet_implicite_le", flat=True).get(pk=projet.pk)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECUS, DEMANDES)
def test_la_base_et_la_regle_disent_le_meme_jour(recu, demandes):
    projet, auteur = ProjetFactory(depose_le=recu), PersonneFactory(pilote=True)
    instant, suspensions = recu, []
    for attente, delai, reponse in demandes:
        instant += timedelta(days=attente)
        demande = DemandeDeComplement.objects.create(
            projet=projet,
            texte="Le RIB",
            demandee_par=auteur,
            demandee_le=instant,
            echeance=instant.date() + timedelta(days=delai),
            repondue_le=instant + timedelta(days=reponse),
        )
        suspensions.append(demande.suspension)
        instant += timedelta(days=reponse)
    assert relu(projet) == rejet_implicite_le(recu.date(), suspensions)


def test_une_page_ancienne_n_ecrase_pas_le_jour_et_rien_sans_depot():
    projet = ProjetFactory(depose_le=datetime(2027, 12, 31, 12, tzinfo=PARIS))
    assert (relu(projet), relu(ProjetFactory())) == (date(2028, 2, 29), None)
    projet.rejet_implicite_le = date(2001, 1, 1)
    projet.save()
    assert relu(projet) == date(2028, 2, 29)
    DemandeDeComplement.objects.create(
        projet=projet,
        texte="Le RIB",
        demandee_par=PersonneFactory(pilote=True),
        demandee_le=datetime(2028, 1, 10, 12, tzinfo=PARIS),
        echeance=date(2028, 1, 25),
    )
    assert relu(projet) == date(2028, 3, 15)
    DemandeDeComplement.objects.update(repondue_le=datetime(2028, 1, 15, 12, tzinfo=PARIS))
    assert relu(projet) == date(2028, 3, 5)
