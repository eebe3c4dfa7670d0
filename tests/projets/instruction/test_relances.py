"""L’horloge prévient une fois : la veille d’un complément, son lendemain, quinze jours avant le rejet implicite."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from comptes.models import Avis
from comptes.states import Role
from projets.actions.relancer_l_instruction import alerter_des_rejets, rappeler_les_complements
from projets.models import DemandeDeComplement
from projets.planning import rappeler_l_instruction
from projets.states import EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def midi(jour: date) -> datetime:
    return datetime(jour.year, jour.month, jour.day, 12, tzinfo=PARIS)


@pytest.fixture
def instructeur():
    personne = PersonneFactory(role=Role.INSTRUCTEUR)
    personne.territoires.add(TerritoireFactory())
    return personne


@pytest.fixture
def projet(instructeur):
    return ProjetFactory(
        territoires={instructeur.territoires.get(): 100},
        depose_le=midi(date(2027, 1, 10)),
        etat=EtatProjet.INCOMPLET,
    )


@pytest.fixture
def porteur(projet):
    return AdhesionFactory(organisme=projet.organisme).personne


@pytest.fixture
def demande(projet):
    return DemandeDeComplement.objects.create(
        projet=projet,
        texte="Le RIB.",
        demandee_par=PersonneFactory(pilote=True),
        demandee_le=midi(date(2027, 1, 20)),
        echeance=date(2027, 2, 5),
    )


def prevenus() -> list[int]:
    trouves = sorted(Avis.objects.values_list("personne", flat=True))
    Avis.objects.all().delete()
    return trouves


def test_le_complement_se_rappelle_la_veille_au_porteur_et_le_lendemain_aux_deux(demande, porteur, instructeur):
    jours = {}
    for decalage in (-2, -1, 0, 1, 2):
        for _ in range(2):  # repasser ne refait rien
            rappeler_les_complements(midi(demande.echeance + timedelta(days=decalage)))
        jours[decalage] = prevenus()
    deux = sorted([porteur.pk, instructeur.pk])
    assert jours == {-2: [], -1: [porteur.pk], 0: [], 1: deux, 2: []}


def test_un_complement_rendu_ne_se_rappelle_pas(demande, porteur):
    DemandeDeComplement.objects.update(repondue_le=timezone.now())
    faits = [rappeler_les_complements(midi(demande.echeance + timedelta(days=d))) for d in (-1, 1)]
    assert (faits, prevenus()) == ([0, 0], [])


def test_le_rejet_implicite_s_annonce_quinze_jours_avant_une_fois_par_date(projet, demande, instructeur, porteur):
    # reçu le 10 janvier : rejet le 10 mars, repoussé de seize jours par la demande
    rejet = date(2027, 3, 26)
    faits = [alerter_des_rejets(midi(rejet - timedelta(days=d))) for d in (16, 15, 14, 0, -1)]
    assert (faits, prevenus()) == ([0, 1, 0, 0, 0], [instructeur.pk])
    DemandeDeComplement.objects.update(repondue_le=midi(date(2027, 1, 30)))  # la date avance : une autre alerte
    assert (alerter_des_rejets(midi(date(2027, 3, 10))), prevenus()) == (1, [instructeur.pk])


def test_l_horloge_ne_lit_que_les_projets_dont_le_rejet_approche(demande, requetes):
    ProjetFactory(depose_le=midi(date(2027, 6, 1)))
    with requetes() as prises:
        assert alerter_des_rejets(midi(date(2027, 3, 1))) == 0
    assert prises.nombre == 1


def test_un_projet_en_liste_d_attente_alerte_encore(projet, instructeur):
    projet.etat = EtatProjet.LISTE_ATTENTE
    projet.save()
    assert (alerter_des_rejets(midi(date(2027, 3, 1))), prevenus()) == (1, [instructeur.pk])


@pytest.mark.parametrize("etat", [EtatProjet.RETENU, EtatProjet.IRRECEVABLE, EtatProjet.CLASSE, EtatProjet.RETIRE])
def test_un_projet_decide_n_alerte_personne(projet, etat):
    projet.etat = etat
    projet.save()
    assert alerter_des_rejets(midi(date(2027, 3, 1))) == 0


def test_sans_instructeur_ce_sont_les_pilotes_qui_sont_prevenus():
    pilote = PersonneFactory(pilote=True)
    ProjetFactory(depose_le=midi(date(2027, 1, 10)))
    assert (alerter_des_rejets(midi(date(2027, 3, 1))), prevenus()) == (1, [pilote.pk])


def test_la_tache_fait_les_deux(demande):
    DemandeDeComplement.objects.update(
        demandee_le=timezone.now() - timedelta(days=9), echeance=timezone.localdate() - timedelta(days=1)
    )
    AdhesionFactory(organisme=demande.projet.organisme)
    rappeler_l_instruction()
    assert Avis.objects.count() > 0
