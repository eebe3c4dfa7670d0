"""Une convention est obligatoire au-dessus de 23 000 € par an et par organisme privé, toutes aides additionnées."""

import pytest

from comptes.states import PUBLIQUES, FormeJuridique
from financements.chiffres.conventions import (
    actions_a_conventionner,
    actions_obligees,
    convention_obligatoire,
    obligation_de,
    obligations_de,
)
from financements.models import Action
from financements.rules.seuil import Obligation, depasse, juger, seuil_de
from financements.states.execution import EtatConvention
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.execution.fabriques import convention
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AppelFactory, AxeFactory

SIEGE, ANTENNE = "78467169500087", "78467169500095"  # deux établissements du SIREN 784 671 695


def test_le_seuil_se_depasse_au_centime_pres():
    assert [depasse(2016, centimes) for centimes in (2_299_999, 2_300_000, 2_300_001)] == [False, False, True]
    assert seuil_de(2000) is None
    assert not depasse(2000, 10**9)


def test_une_annee_ou_l_action_ne_recoit_rien_n_oblige_pas():
    cumuls = {2016: 2_300_001, 2017: 2_300_001, 2018: 100}
    assert juger(cumuls, {2017, 2018}, est_publique=False) == Obligation(cumuls, (2017,))
    assert juger(cumuls, {2018}, est_publique=False) == Obligation(cumuls, ())
    assert juger(cumuls, {2016}, est_publique=True) == Obligation(cumuls, (), est_publique=True)


@pytest.fixture
def appel(db):
    return AppelFactory(annee_debut=2016, annee_fin=2018)


def votee(appel, organisme, montants):
    return action_votee(axe=AxeFactory(appel=appel), organisme=organisme, montants=montants)


def test_les_etablissements_d_un_meme_siren_s_additionnent_tous_appels(appel):
    siege = OrganismeFactory(siret=SIEGE, forme_juridique=FormeJuridique.ASSOCIATION)
    antenne = OrganismeFactory(siret=ANTENNE, forme_juridique=FormeJuridique.ASSOCIATION)
    une = votee(appel, siege, {2016: "12000.00", 2017: "23000.00"})
    assert not convention_obligatoire(une)
    ailleurs = votee(AppelFactory(annee_debut=2016, annee_fin=2018), antenne, {2016: "11000.01"})
    assert obligation_de(une) == Obligation({2016: 2_300_001, 2017: 2_300_000}, (2016,))
    assert list(actions_obligees(appel)) == [une]
    assert list(actions_obligees(ailleurs.projet.appel)) == [ailleurs]


def test_un_organisme_sans_siret_est_lui_meme(appel):
    une = votee(appel, OrganismeFactory(siret=None, rna="W591234567"), {2016: "20000.00"})
    autre = votee(appel, OrganismeFactory(siret=None, rna="W591234568"), {2016: "20000.00"})
    assert obligations_de([une, autre]) == dict.fromkeys((une.pk, autre.pk), Obligation({2016: 2_000_000}, ()))
    deuxieme = votee(appel, une.projet.organisme, {2016: "3000.01"})
    assert set(actions_obligees(appel)) == {une, deuxieme}


@pytest.mark.parametrize("forme", FormeJuridique.values)
def test_une_personne_publique_n_y_est_pas_tenue(appel, forme):
    action = votee(appel, OrganismeFactory(siret=SIEGE, forme_juridique=forme), {2016: "50000.00"})
    assert list(actions_obligees(appel)) == ([] if forme in PUBLIQUES else [action])
    assert convention_obligatoire(action) == (forme not in PUBLIQUES)


def test_une_action_qui_a_une_convention_n_est_plus_a_conventionner(appel):
    organisme = OrganismeFactory(siret=SIEGE)
    faite, reste = (votee(appel, organisme, {2016: "23000.01"}) for _ in range(2))
    convention(faite, EtatConvention.PREPARATION)
    assert list(actions_a_conventionner(appel)) == [reste]


def test_les_obligations_d_une_page_se_lisent_en_deux_requetes(appel, django_assert_num_queries):
    for rang in range(3):
        votee(appel, OrganismeFactory(siret=None, rna=f"W59000000{rang}"), {2016: "30000.00"})
    actions = list(Action.objects.select_related("projet__organisme"))
    with django_assert_num_queries(2):
        assert [obligation.est_obligatoire for obligation in obligations_de(actions).values()] == [True] * 3
