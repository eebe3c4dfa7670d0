"""Les avenants : signés, leurs montants deviennent ceux des tranches, de l’engagement et des versements."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptes.states import Role
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.conventions.avenants import (
    Demande,
    abandonner_un_avenant,
    creer_un_avenant,
    editer_un_avenant,
    modifier_un_avenant,
    reprendre_un_avenant,
    signer_un_avenant,
)
from financements.actions.conventions.commun import DatesRefusees
from financements.actions.conventions.signer import Signatures
from financements.actions.execution.engager import engager_l_action
from financements.chiffres.avenants import depassements_d_une_hausse, tranches_de
from financements.models import Action, Avenant, CreditAnnuel, Enveloppe, PartTranche
from financements.rules.avenants import AvenantRefuse, changement
from financements.states.execution import EtatAvenant
from tests.comptes.fabriques import PersonneFactory
from tests.financements.conventions.fabriques import finances, signee
from tests.financements.execution.fabriques import affecter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
AUJOURD_HUI = timezone.localdate()
SIGNATURES = Signatures(AUJOURD_HUI, AUJOURD_HUI)
ANNEES = (2016, 2017, 2018)
baisse = Demande("Moins d’allocataires.", {2018: 20_000_00})


def signe(auteur, convention, demande):
    avenant = creer_un_avenant(auteur=auteur, convention=convention, demande=demande)
    edite = editer_un_avenant(auteur=auteur, avenant=avenant)
    return signer_un_avenant(auteur=auteur, avenant=edite, signatures=SIGNATURES, version=edite.version)


def engages(action):
    sommes = dict.fromkeys(ANNEES, Decimal(0))
    for mouvement in action.engagements.all():
        sommes[mouvement.exercice] += mouvement.montant
    return sommes


@pytest.fixture
def auteur():
    return finances()


@pytest.fixture
def engagee(auteur):
    """Une convention signée, son action engagée de 30 000 € par an."""
    convention = signee(auteur)
    affecter(convention.action, "90000.00")
    engager_l_action(auteur=auteur, action=convention.action)
    return convention


def test_une_baisse_signee_change_tranches_parts_engagement_et_versements(auteur, engagee):
    avenant = signe(auteur, engagee, baisse)
    action = Action.objects.get()
    assert tranches_de(action) == {2016: 30_000_00, 2017: 30_000_00, 2018: 20_000_00}
    assert engages(action)[2018] == Decimal("20000.00")
    assert {mouvement.avenant for mouvement in action.engagements.filter(nature="avenant")} == {avenant}
    assert (avenant.montants_avant["2018"], avenant.montants_apres["2018"]) == ("30000.00", "20000.00")
    assert sum(part.montant for part in PartTranche.objects.filter(tranche__annee=2018)) == Decimal("20000.00")
    prevus = sum(un.montant for un in action.versements.exclude(etat="annule"))
    assert prevus == Decimal("80000.00")


def test_une_hausse_demande_une_deliberation_executoire(auteur, engagee):
    hausse = {2017: 40_000_00}
    avenant = creer_un_avenant(auteur=auteur, convention=engagee, demande=Demande("Plus d’allocataires.", hausse))
    with pytest.raises(PassageRefuse, match="délibération exécutoire"):
        editer_un_avenant(auteur=auteur, avenant=avenant)
    modifier_un_avenant(
        auteur=auteur,
        avenant=avenant,
        demande=Demande("Plus d’allocataires.", hausse, deliberation=engagee.action.deliberation),
        version=avenant.version,
    )
    edite = editer_un_avenant(auteur=auteur, avenant=avenant)
    signer_un_avenant(auteur=auteur, avenant=edite, signatures=SIGNATURES, version=edite.version)
    action = Action.objects.get()
    assert tranches_de(action)[2017] == 40_000_00
    assert engages(action) == {2016: Decimal("30000.00"), 2017: Decimal("40000.00"), 2018: Decimal("30000.00")}


@pytest.mark.parametrize(
    ("montants", "phrase"),
    [({2017: 300_000_00}, "coût"), ({2016: 55_000_00, 2017: 60_000_00}, "enveloppe")],
)
def test_une_hausse_tient_sous_le_cout_et_dans_les_enveloppes(auteur, montants, phrase):
    convention = signee(auteur, cp="50000.00")
    demande = Demande("Plus.", montants, deliberation=convention.action.deliberation)
    avenant = creer_un_avenant(auteur=auteur, convention=convention, demande=demande)
    with pytest.raises(PassageRefuse, match=phrase):
        editer_un_avenant(auteur=auteur, avenant=avenant)


def test_les_enveloppes_se_jugent_au_centime(auteur):
    convention = signee(auteur, cp="50000.00")
    action = convention.action
    assert depassements_d_une_hausse(action, {2016: 20_000_00}) == []
    code = action.projet.parts.get().territoire.code
    assert depassements_d_une_hausse(action, {2016: 20_000_01}) == [
        ("territoire", code, 2016, 1),
        ("année", 2016, 2016, 1),
    ]


def test_une_annee_ne_descend_pas_sous_ce_qui_est_liquide(auteur, engagee):
    premier = engagee.action.versements.filter(annee=2016).first()
    type(premier).objects.filter(pk=premier.pk).update(etat="liquide")
    avenant = creer_un_avenant(auteur=auteur, convention=engagee, demande=Demande("Moins.", {2016: 1_00}))
    with pytest.raises(PassageRefuse, match="liquidés"):  # dit avant d’imprimer
        editer_un_avenant(auteur=auteur, avenant=avenant)
    type(premier).objects.filter(pk=premier.pk).update(etat="prevu")
    edite = editer_un_avenant(auteur=auteur, avenant=avenant)
    type(premier).objects.filter(pk=premier.pk).update(etat="liquide")
    with pytest.raises(PassageRefuse, match="liquidés"):
        signer_un_avenant(auteur=auteur, avenant=edite, signatures=SIGNATURES, version=edite.version)
    assert Avenant.objects.get().etat == EtatAvenant.EDITE


def test_un_avenant_de_date_change_la_fin(auteur):
    convention = signee(auteur)
    signe(auteur, convention, Demande("Six mois de plus.", fin_le=date(2019, 6, 30)))
    convention.refresh_from_db()
    assert (convention.fin_le, convention.avenants.get().montants_apres) == (date(2019, 6, 30), {})


@pytest.mark.parametrize(
    ("demande", "phrase"),
    [
        (Demande("Rien."), "change un montant"),
        (Demande("Avant.", fin_le=date(2015, 1, 1)), "suit la date d’effet"),
        (Demande("Hors.", {2020: 1_00}), "2020 n’est pas une année"),
        (Demande("Zéro.", dict.fromkeys(ANNEES, 0)), "Il ne resterait rien"),
    ],
)
def test_un_avenant_impossible_se_refuse(auteur, demande, phrase):
    convention = signee(auteur)
    with pytest.raises(PassageRefuse, match=phrase):
        creer_un_avenant(auteur=auteur, convention=convention, demande=demande)


def test_un_seul_avenant_a_la_fois_et_les_numeros_se_suivent(auteur):
    convention = signee(auteur)
    premier = creer_un_avenant(auteur=auteur, convention=convention, demande=baisse)
    with pytest.raises(PassageRefuse, match="déjà en cours"):
        creer_un_avenant(auteur=auteur, convention=convention, demande=baisse)
    abandonner_un_avenant(auteur=auteur, avenant=premier)
    assert creer_un_avenant(auteur=auteur, convention=convention, demande=baisse).numero == 2


def test_chaque_acte_part_de_ses_etats(auteur):
    convention = signee(auteur)
    avenant = creer_un_avenant(auteur=auteur, convention=convention, demande=baisse)

    def signer():
        lu = Avenant.objects.get(pk=avenant.pk)
        return signer_un_avenant(auteur=auteur, avenant=lu, signatures=SIGNATURES, version=lu.version)

    with pytest.raises(PassageRefuse, match="signatures"):
        signer()
    with pytest.raises(PassageRefuse, match="reprendre"):
        reprendre_un_avenant(auteur=auteur, avenant=avenant)
    editer_un_avenant(auteur=auteur, avenant=avenant)
    with pytest.raises(PassageRefuse, match="éditer"):
        editer_un_avenant(auteur=auteur, avenant=avenant)
    with pytest.raises(PassageRefuse, match="préparation"):
        modifier_un_avenant(auteur=auteur, avenant=avenant, demande=baisse, version=2)
    reprendre_un_avenant(auteur=auteur, avenant=avenant)
    editer_un_avenant(auteur=auteur, avenant=avenant)
    with pytest.raises(VersionPerimee):
        signer_un_avenant(auteur=auteur, avenant=avenant, signatures=SIGNATURES, version=1)
    demain = AUJOURD_HUI + timedelta(days=1)
    lu = Avenant.objects.get()
    with pytest.raises(DatesRefusees):
        signer_un_avenant(auteur=auteur, avenant=lu, signatures=Signatures(AUJOURD_HUI, demain), version=lu.version)
    signer()
    for acte in (editer_un_avenant, reprendre_un_avenant, abandonner_un_avenant):
        with pytest.raises(PassageRefuse):
            acte(auteur=auteur, avenant=avenant)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"pilote", "finances"}))
def test_les_avenants_sont_au_pilote_et_aux_finances(auteur, role):
    convention = signee(auteur)
    avenant = creer_un_avenant(auteur=auteur, convention=convention, demande=baisse)
    autre = PersonneFactory(role=role)
    for acte in (editer_un_avenant, reprendre_un_avenant, abandonner_un_avenant):
        with pytest.raises(PermissionDenied):
            acte(auteur=autre, avenant=avenant)
    with pytest.raises(PermissionDenied):
        creer_un_avenant(auteur=autre, convention=convention, demande=baisse)
    with pytest.raises(PermissionDenied):
        modifier_un_avenant(auteur=autre, avenant=avenant, demande=baisse, version=1)
    with pytest.raises(PermissionDenied):
        signer_un_avenant(auteur=autre, avenant=avenant, signatures=SIGNATURES, version=1)


def test_des_montants_changes_entre_temps_font_reprendre_l_avenant(auteur):
    convention = signee(auteur)
    avenant = creer_un_avenant(auteur=auteur, convention=convention, demande=baisse)
    Avenant.objects.update(montants_avant={"2016": "1.00"})
    with pytest.raises(PassageRefuse, match="ont changé depuis"):
        editer_un_avenant(auteur=auteur, avenant=avenant)


centimes = st.integers(0, 60_000_00)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    avant=st.dictionaries(st.sampled_from(ANNEES), centimes, min_size=1),
    voulus=st.dictionaries(st.sampled_from(ANNEES), centimes),
)
def test_un_changement_dit_ses_hausses_et_son_ecart(avant, voulus):
    try:
        change = changement(avant, voulus)
    except AvenantRefuse:
        assert not any({**avant, **voulus}.values())
        return
    baisses = {annee: change.avant[annee] - un for annee, un in change.apres.items() if un < change.avant[annee]}
    assert change.ecart == sum(change.hausses.values()) - sum(baisses.values())
    assert change.demande_une_deliberation == bool(change.hausses)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(suite=st.lists(st.dictionaries(st.sampled_from(ANNEES), centimes, min_size=1), min_size=1, max_size=4))
def test_apres_toute_suite_d_avenants_rien_ne_se_perd(engagee, suite, auteur):
    """Σ CP intact, engagé = attribué, parts = tranche, aide ≤ coût : que l’avenant passe ou se refuse."""
    enveloppe = Enveloppe.objects.get()
    for montants in suite:
        demande = Demande("Suite.", montants, deliberation=engagee.action.deliberation)
        try:
            avenant = creer_un_avenant(auteur=auteur, convention=engagee, demande=demande)
        except PassageRefuse:
            continue
        try:
            edite = editer_un_avenant(auteur=auteur, avenant=avenant)
            signer_un_avenant(auteur=auteur, avenant=edite, signatures=SIGNATURES, version=edite.version)
        except PassageRefuse:
            abandonner_un_avenant(auteur=auteur, avenant=avenant)
    action = Action.objects.get()
    attribue = tranches_de(action)
    assert {an: int(m * 100) for an, m in engages(action).items() if m} == {an: m for an, m in attribue.items() if m}
    for tranche in action.tranches.all():
        assert sum((part.montant for part in tranche.parts.all()), Decimal(0)) == tranche.montant
    assert sum(attribue.values()) <= 180_000_00
    cps = sum(CreditAnnuel.objects.values_list("montant_cp", flat=True))
    assert cps == enveloppe.montant_ae == Decimal("600000.00")
