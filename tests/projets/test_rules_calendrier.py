"""L’état d’un appel et la possibilité de déposer, aux bornes : l’instant exact, les nuits où l’heure change."""

# ruff: noqa: DTZ001 (des heures lues sur une horloge, sans fuseau : c’est l’objet de la règle)
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projets.rules.calendrier import (
    BROUILLON,
    CLOS,
    OUVERT,
    PUBLIE,
    Calendrier,
    HeureAmbigue,
    HeureInexistante,
    Suites,
    depot_est_possible,
    etat_effectif,
    instant_de_paris,
)
from projets.states import EtatAppel

OUVRE = instant_de_paris(datetime(2027, 3, 1, 9))
FERME = instant_de_paris(datetime(2027, 3, 28, 17))  # le jour du passage à l’heure d’été
POUCE = timedelta(microseconds=1)
INSTANTS = (OUVRE - POUCE, OUVRE, FERME - POUCE, FERME)


def calendrier(etat: str) -> Calendrier:
    return Calendrier(etat, OUVRE, FERME)


@pytest.mark.parametrize("etat", [PUBLIE, OUVERT])
def test_un_appel_publie_suit_l_horloge_meme_si_la_tache_n_est_pas_passee(etat):
    assert [etat_effectif(calendrier(etat), i) for i in INSTANTS] == [PUBLIE, OUVERT, OUVERT, CLOS]


def test_les_autres_etats_ne_dependent_pas_de_l_heure():
    fixes = [etat.value for etat in EtatAppel if etat not in (EtatAppel.PUBLIE, EtatAppel.OUVERT)]
    assert {etat: {etat_effectif(calendrier(etat), i) for i in INSTANTS} for etat in fixes} == {e: {e} for e in fixes}


@pytest.mark.parametrize("etat", [PUBLIE, OUVERT])
def test_on_depose_de_l_ouverture_comprise_a_la_cloture_exclue(etat):
    assert [depot_est_possible(calendrier(etat), i) for i in INSTANTS] == [False, True, True, False]


@pytest.mark.parametrize("etat", [PUBLIE, OUVERT, CLOS])
def test_une_prolongation_vaut_jusqu_a_son_instant_exclu_et_jamais_avant_l_ouverture(etat):
    fin = FERME + timedelta(days=2)
    instants = (OUVRE - POUCE, FERME, fin - POUCE, fin)
    assert [depot_est_possible(calendrier(etat), i, fin) for i in instants] == [False, True, True, False]


def test_une_prolongation_plus_courte_que_la_cloture_ne_retire_rien():
    tot = FERME - timedelta(days=2)
    assert depot_est_possible(calendrier(OUVERT), FERME - POUCE, tot) is True


@pytest.mark.parametrize("etat", [etat.value for etat in EtatAppel if etat.value not in (PUBLIE, OUVERT, CLOS)])
def test_ni_brouillon_ni_instruction_ne_recoivent_de_projet_meme_prolonge(etat):
    assert [depot_est_possible(calendrier(etat), i, FERME + timedelta(days=9)) for i in INSTANTS] == [False] * 4


def test_clos_avant_l_heure_le_depot_est_ferme():
    assert depot_est_possible(calendrier(CLOS), FERME - POUCE) is False


@given(st.datetimes(datetime(2016, 1, 1), datetime(2040, 1, 1)))
def test_l_etat_et_le_depot_sans_prolongation_disent_toujours_la_meme_chose(naif):
    instant = naif.replace(tzinfo=UTC)
    for etat in (BROUILLON, PUBLIE, OUVERT):
        assert depot_est_possible(calendrier(etat), instant) == (etat_effectif(calendrier(etat), instant) == OUVERT)


def test_l_heure_de_paris_vaut_deux_heures_de_moins_l_ete_une_l_hiver():
    lus = [instant_de_paris(datetime(2027, 3, 28, heure)) for heure in (1, 3)]
    assert lus == [datetime(2027, 3, 28, 0, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)]
    assert instant_de_paris(datetime(2027, 10, 31, 17)) == datetime(2027, 10, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_l_heure_sautee_et_l_heure_double_sont_refusees(minute):
    with pytest.raises(HeureInexistante):
        instant_de_paris(datetime(2027, 3, 28, 2, minute))
    with pytest.raises(HeureAmbigue):
        instant_de_paris(datetime(2027, 10, 31, 2, minute))


def test_les_bords_des_deux_nuits_se_lisent():
    bords = [(3, 28, 1, 59), (3, 28, 3, 0), (10, 31, 1, 59), (10, 31, 3, 0)]
    lus = [instant_de_paris(datetime(2027, mois, jour, h, m)) for mois, jour, h, m in bords]
    assert [f"{i:%d %H:%M}" for i in lus] == ["28 00:59", "28 01:00", "30 23:59", "31 02:00"]


@pytest.mark.parametrize(
    ("jour", "attendues"),
    [
        (date(2027, 4, 20), ["comité de sélection", "délibération de l’assemblée"]),
        (date(2027, 4, 21), ["délibération de l’assemblée"]),
        (date(2027, 5, 18), []),
    ],
)
def test_seules_les_etapes_a_venir_sont_annoncees(jour, attendues):
    suites = Suites(date(2027, 4, 20), date(2027, 5, 17))
    assert [nom for nom, _ in suites.a_partir_du(jour)] == attendues


def test_ce_qui_n_est_pas_date_ne_s_annonce_pas():
    assert Suites(None, None).a_partir_du(date(2027, 1, 1)) == []
