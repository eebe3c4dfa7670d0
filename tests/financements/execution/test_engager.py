"""Affecter au vote et à l’import, engager à la notification ou à la signature, recaler à l’avenant."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum

from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from financements.actions.execution.engager import Engagees, engager_l_action, engager_les_actions
from financements.actions.execution.modifier import changer_les_montants
from financements.actions.execution.regles import choisir_la_regle_de_l_action, supprimer_une_regle
from financements.chiffres.contenu_de_convention import valeurs_de
from financements.imports.credits import affecter_ce_qui_est_vote, besoin_d_affectation
from financements.imports.echeances import Raison
from financements.models import (
    Action,
    AffectationDeCredits,
    ModeleDeConvention,
    MouvementDEngagement,
    PartTranche,
    Tranche,
    Versement,
)
from financements.states.execution import EtatConvention, EtatVersement, NatureDeMouvement
from tests.comptes.fabriques import PersonneFactory
from tests.financements.execution.fabriques import affecter, convention, programme, regle
from tests.financements.fabriques import action_votee

pytestmark = pytest.mark.django_db
D = Decimal


def finances():
    return PersonneFactory(role="finances")


def engagements(action):
    lus = MouvementDEngagement.objects.filter(action=action).order_by("pk")
    return list(lus.values_list("exercice", "montant", "nature"))


def versements(action):
    lus = Versement.objects.filter(action=action).order_by("annee", "rang")
    return list(lus.values_list("annee", "exercice", "rang", "montant", "etat"))


def affectes(action):
    return dict(
        AffectationDeCredits.objects.filter(enveloppe__appel=action.projet.appel)
        .order_by()
        .values_list("axe")
        .annotate(Sum("montant"))
    )


def test_affecter_ce_qui_est_vote_couvre_ce_qui_manque_et_rien_de_plus():
    une, _ = programme(2)
    appel, axe = une.projet.appel, une.projet.axe_id
    affecter(une, "10000.00")
    besoin = affecter_ce_qui_est_vote(auteur=finances(), appel=appel, motif="Vote")
    assert besoin.par_axe == {axe: D("50000.00")}
    assert affectes(une) == {axe: D("60000.00")}
    assert affecter_ce_qui_est_vote(auteur=None, appel=appel).par_axe == {}
    assert list(Journal.objects.filter(acte="affecter_les_credits").values_list("apres", flat=True)) == [
        {"montant": "50000.00", "axes": 1, "motif": "Vote"}
    ]


def test_une_ae_trop_petite_n_affecte_rien_et_se_dit():
    une, _ = programme(2, cp="15000.00")
    besoin = affecter_ce_qui_est_vote(auteur=None, appel=une.projet.appel)
    assert (besoin.total, besoin.libre, besoin.est_couvert) == (D("60000.00"), D("45000.00"), False)
    assert affectes(une) == {}
    sans = action_votee()
    assert besoin_d_affectation(sans.projet.appel).libre is None
    affecter_ce_qui_est_vote(auteur=None, appel=sans.projet.appel)


def test_engager_prevoit_les_versements_et_engage_chaque_exercice():
    (action,) = programme()
    regle(action.projet.appel, "80-20")
    affecter(action, "30000.00")
    auteur = finances()
    assert engager_l_action(auteur=auteur, action=action) is True
    assert engager_l_action(auteur=auteur, action=action) is False
    assert engagements(action) == [
        (2016, D("8000.00"), "initial"),
        (2017, D("10000.00"), "initial"),
        (2018, D("10000.00"), "initial"),
        (2019, D("2000.00"), "initial"),
    ]
    assert versements(action) == [
        (2016, 2016, 1, D("8000.00"), "prevu"),
        (2016, 2017, 2, D("2000.00"), "prevu"),
        (2017, 2017, 1, D("8000.00"), "prevu"),
        (2017, 2018, 2, D("2000.00"), "prevu"),
        (2018, 2018, 1, D("8000.00"), "prevu"),
        (2018, 2019, 2, D("2000.00"), "prevu"),
    ]
    solde = Versement.objects.get(annee=2016, rang=2)
    assert solde.reference == f"V{action.projet.appel_id}-{action.projet.numero}-2016-2"
    assert list(solde.pieces.values_list("libelle", "recue_le")) == [("Décompte des dépenses de l’année", None)]
    assert Journal.objects.filter(acte="engager").count() == 1


def test_sans_regle_chaque_tranche_se_paie_en_une_fois():
    (action,) = programme()
    affecter(action, "30000.00")
    engager_l_action(auteur=None, action=action)
    assert [ligne[:4] for ligne in versements(action)] == [(an, an, 1, D("10000.00")) for an in (2016, 2017, 2018)]


def test_on_n_engage_ni_sans_affectation_ni_sans_enveloppe_ni_sans_droit():
    (action,) = programme()
    affecter(action, "29999.99")
    with pytest.raises(PassageRefuse, match="ne couvre pas cette action"):
        engager_l_action(auteur=finances(), action=action)
    with pytest.raises(PassageRefuse, match="n’a pas d’enveloppe"):
        engager_l_action(auteur=finances(), action=action_votee())
    for role in ("porteur", "instructeur", "lecture", "administrateur"):
        with pytest.raises(PermissionDenied):
            engager_l_action(auteur=PersonneFactory(role=role), action=action)
    assert engagements(action) == []


def test_le_lot_engage_ce_qui_n_attend_pas_de_convention_et_affecte_d_abord():
    petites = programme(2, "5000.00", organisme__forme_juridique="association")
    appel, axe = petites[0].projet.appel, petites[0].projet.axe
    (part,) = petites[0].projet.parts.all()
    grosse = action_votee(axe=axe, parts={part.territoire: 100}, montants={2016: "23000.01"})
    auteur = finances()
    assert engager_les_actions(auteur=auteur, appel=appel) == Engagees(2, 30_000_00)
    assert engagements(grosse) == []
    with pytest.raises(PassageRefuse, match="aucune action à engager"):
        engager_les_actions(auteur=auteur, appel=appel)
    convention(grosse, EtatConvention.SIGNEE)
    assert engager_les_actions(auteur=auteur, appel=appel) == Engagees(1, 23_000_01)


def test_le_lot_dit_les_actions_que_l_affectation_ne_couvre_pas():
    une, deux = programme(2, cp="15000.00")
    affecter(une, "45000.00")
    faites = engager_les_actions(auteur=finances(), appel=une.projet.appel)
    assert faites == Engagees(1, 30_000_00, (deux.projet.numero,))


def avenant(action, montants, auteur=None):
    raison = Raison(NatureDeMouvement.AVENANT, auteur, "Avenant 1")
    return changer_les_montants(action=action, montants={an: D(m) for an, m in montants.items()}, raison=raison)


def engagee(**options):
    (action,) = programme(**options)
    regle(action.projet.appel, "80-20")
    affecter(action, "30000.00")
    engager_l_action(auteur=None, action=action)
    return action


def payer(action, annee=2016, rang=1):
    Versement.objects.filter(action=action, annee=annee, rang=rang).update(
        etat=EtatVersement.PAYE, numero_de_mandat="M1", mandate_le="2016-09-12", paye_le="2016-09-20"
    )


def test_un_avenant_a_la_baisse_recale_sans_toucher_ce_qui_est_paye():
    action = engagee()
    payer(action)
    avenant(action, {2016: "8500.00", 2018: "5000.00"}, finances())
    assert versements(action) == [
        (2016, 2016, 1, D("8000.00"), "paye"),
        (2016, 2017, 2, D("500.00"), "prevu"),
        (2017, 2017, 1, D("8000.00"), "prevu"),
        (2017, 2018, 2, D("2000.00"), "prevu"),
        (2018, 2018, 1, D("4000.00"), "prevu"),
        (2018, 2019, 2, D("1000.00"), "prevu"),
    ]
    assert engagements(action)[4:] == [
        (2017, D("-1500.00"), "avenant"),
        (2018, D("-4000.00"), "avenant"),
        (2019, D("-1000.00"), "avenant"),
    ]
    tranches = Tranche.objects.filter(action=action)
    assert dict(tranches.values_list("annee", "montant")) == {2016: D("8500"), 2017: D("10000"), 2018: D("5000")}
    assert dict(PartTranche.objects.filter(tranche__in=tranches).values_list("tranche__annee", "montant")) == {
        2016: D("8500.00"),
        2017: D("10000.00"),
        2018: D("5000.00"),
    }
    (ligne,) = Journal.objects.filter(acte="recaler_l_engagement")
    assert ligne.apres == {
        "montants": {"2016": "8500.00", "2017": "10000.00", "2018": "5000.00"},
        "mouvements": {"2017": "-1500.00", "2018": "-4000.00", "2019": "-1000.00"},
        "motif": "Avenant 1",
    }


def test_un_avenant_a_la_hausse_s_affecte_puis_s_engage():
    action = engagee()
    avenant(action, {2017: "15000.00"})
    assert affectes(action) == {action.projet.axe_id: D("35000.00")}
    assert engagements(action)[4:] == [(2017, D("4000.00"), "avenant"), (2018, D("1000.00"), "avenant")]


def test_une_hausse_d_une_annee_deja_payee_fait_naitre_un_acompte():
    action = engagee()
    payer(action)
    payer(action, rang=2)
    avenant(action, {2016: "10000.01"})
    assert versements(action)[2] == (2016, 2017, 3, D("0.01"), "prevu")


def test_une_hausse_que_l_ae_ne_couvre_pas_est_refusee():
    action = engagee(cp="10000.00")
    with pytest.raises(PassageRefuse, match="ne laisse que 0,00\u00a0€"):
        avenant(action, {2017: "10000.01"})


def test_un_avenant_ne_descend_pas_sous_ce_qui_est_liquide():
    action = engagee()
    payer(action)
    with pytest.raises(PassageRefuse, match="8\u202f000,00\u00a0€ sont déjà liquidés pour 2016"):
        avenant(action, {2016: "7999.99"})
    with pytest.raises(PermissionDenied):
        avenant(action, {2018: "1.00"}, PersonneFactory(role="instructeur"))


def test_une_action_pas_encore_engagee_ne_change_que_ses_tranches():
    (action,) = programme()
    avenant(action, {2018: "0.00"})
    assert (engagements(action), versements(action)) == ([], [])
    engager_les_actions(auteur=finances(), appel=action.projet.appel)
    assert [exercice for exercice, _, _ in engagements(action)] == [2016, 2017]


def test_une_action_se_paie_par_la_regle_choisie_pour_elle_et_sa_convention_la_dit():
    une, autre = programme(2)
    appel = une.projet.appel
    regle(appel)
    annuelle = regle(appel, "annuel", est_par_defaut=False)
    auteur = finances()
    choisir_la_regle_de_l_action(auteur=auteur, action=une, regle=annuelle)
    trace = Journal.objects.get(acte="choisir_la_regle_de_l_action")
    assert (trace.avant, trace.apres) == ({"regle": ""}, {"regle": annuelle.nom})
    preparee = convention(Action.objects.get(pk=une.pk), EtatConvention.PREPARATION)
    assert valeurs_de(preparee, ModeleDeConvention.de(appel))["versements"] == (
        "avance de 100\u00a0% de la tranche, en mars de l’année, sur la convention signée."
    )
    with pytest.raises(PassageRefuse, match="la règle choisie pour 1\u00a0action"):
        supprimer_une_regle(auteur=auteur, regle=annuelle)
    affecter(une, "60000.00")
    assert engager_les_actions(auteur=auteur, appel=appel).nombre == 2
    assert [ligne[:4] for ligne in versements(une)] == [(an, an, 1, D("10000.00")) for an in (2016, 2017, 2018)]
    assert len(versements(autre)) == 6
    with pytest.raises(PassageRefuse, match="son échéancier est écrit"):
        choisir_la_regle_de_l_action(auteur=auteur, action=une, regle=None)


def test_la_regle_d_une_action_ne_change_plus_une_fois_sa_convention_editee():
    une, autre = programme(1)[0], programme(1)[0]
    ailleurs = regle(autre.projet.appel)
    for role in ("porteur", "instructeur", "lecture", "administrateur"):
        with pytest.raises(PermissionDenied):
            choisir_la_regle_de_l_action(auteur=PersonneFactory(role=role), action=une, regle=None)
    with pytest.raises(PassageRefuse, match="d’un autre appel"):
        choisir_la_regle_de_l_action(auteur=finances(), action=une, regle=ailleurs)
    convention(une, EtatConvention.EDITEE)
    with pytest.raises(PassageRefuse, match="reprenez-en la rédaction"):
        choisir_la_regle_de_l_action(auteur=finances(), action=une, regle=None)
