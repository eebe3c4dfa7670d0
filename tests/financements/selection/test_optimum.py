"""L’optimum, comparé à la force brute et à ce que toute sélection doit tenir."""

import threading
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from financements.rules.selection import Objectif, Ponderation, Statut, glouton, resoudre, valeur, verifier
from tests.financements.selection.tirages import LARGEUR, force_brute, problemes
from tests.mesures.candidats import tirer

EXACT = Fraction(1, 10**6)
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
OBJECTIFS = [Objectif(), Objectif(ponderation=Ponderation.PROJET), Objectif(part_note=0), Objectif(part_note=50)]


def comparer(pose):
    """Même faisabilité, même valeur au millionième, borne au-dessus."""
    resultat, attendue = resoudre(pose, precision=EXACT), force_brute(pose)
    if attendue is None:
        assert (resultat.statut, resultat.conflit is None) == (Statut.INFAISABLE, False)
        return
    assert resultat.statut is Statut.OPTIMAL
    assert verifier(pose, resultat.solution) == []
    assert resultat.solution.valeur == valeur(pose, resultat.solution.montants)
    assert resultat.solution.valeur <= attendue <= resultat.borne
    assert attendue - resultat.solution.valeur <= EXACT * max(attendue, 1)


@PATIENT
@given(problemes(nombre=8))
def test_l_optimum_est_celui_de_la_force_brute(pose):
    comparer(pose)


@PATIENT
@given(problemes(nombre=3, largeur=LARGEUR))
def test_l_optimum_est_celui_de_la_force_brute_quand_les_montants_varient(pose):
    comparer(pose)


@settings(PATIENT, max_examples=15)
@given(st.integers(20, 120), st.integers(0, 10**6), st.sampled_from(OBJECTIFS))
def test_aucune_selection_ne_depasse_d_un_centime(nombre, graine, objectif):
    pose = replace(tirer(nombre, graine), objectif=objectif)
    resultat = resoudre(pose, precision=Fraction(1, 100), secondes=20)
    if resultat.solution is None:
        assert resultat.conflit is not None
        return
    assert verifier(pose, resultat.solution) == []
    assert resultat.solution.valeur <= resultat.borne
    if not verifier(pose, glouton(pose)):
        assert glouton(pose).valeur <= resultat.solution.valeur


@pytest.mark.parametrize("objectif", OBJECTIFS)
def test_le_meme_probleme_donne_le_meme_resultat(objectif):
    pose = replace(tirer(200), objectif=objectif)
    premier, second = (replace(resoudre(pose, precision=Fraction(1, 50)), secondes=0) for _ in range(2))
    assert premier == second
    assert (premier.statut, premier.ecart <= Fraction(1, 50)) == (Statut.OPTIMAL, True)


class Arret(Exception):
    """Ce que lève un rappel qui annule."""


def test_ce_que_leve_le_rappel_arrete_tout():
    dits = []

    def suivre(avancement):
        dits.append(avancement)
        raise Arret

    with pytest.raises(Arret):
        resoudre(tirer(200), suivre=suivre)
    assert len(dits) == 1


def test_ce_que_leve_le_rappel_pendant_la_recherche_l_arrete():
    def suivre(avancement):
        if avancement.valeur is not None:
            raise Arret

    with pytest.raises(Arret):
        resoudre(replace(tirer(600), objectif=Objectif(part_note=0)), precision=EXACT, suivre=suivre)


def test_a_l_heure_limite_on_rend_une_selection_qui_tient_et_sa_borne():
    pose = replace(tirer(300), planchers={})
    resultat = resoudre(pose, secondes=0.001, precision=EXACT)
    assert verifier(pose, resultat.solution) == []
    assert resultat.statut is Statut.ARRETE


def test_deux_recherches_de_front_donnent_chacune_la_leur():
    poses = [tirer(150, graine) for graine in (1, 2)]
    attendus = [replace(resoudre(pose), secondes=0) for pose in poses]
    trouves = [None, None]

    def chercher(rang):
        trouves[rang] = replace(resoudre(poses[rang]), secondes=0)

    fils = [threading.Thread(target=chercher, args=[rang]) for rang in (0, 1)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert trouves == attendus
