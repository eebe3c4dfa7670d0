"""Du vote à l’engagement : le vote affecte ses axes, la notification engage ce qui n’attend pas de convention."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from config.socle.execution import executer
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.adopter import adopter
from financements.actions.execution.engager import engager_l_action
from financements.actions.vote.executoire import dater_la_deliberation, demander_l_envoi, envoyer_les_notifications
from financements.actions.vote.voter import Vote, voter
from financements.models import (
    Action,
    AffectationDeCredits,
    Deliberation,
    EnvoiDesNotifications,
    MouvementDEngagement,
    Notification,
    Tranche,
)
from projets.models import Projet
from tests.financements.arbitrage.fabriques import PetitArbitrage, petit_arbitrage
from tests.financements.execution.fabriques import convention
from tests.financements.fabriques import action_votee

pytestmark = pytest.mark.django_db


def vote() -> tuple[PetitArbitrage, Deliberation]:
    monde = petit_arbitrage()
    adopter(auteur=monde.pilote, scenario=monde.scenario())
    return monde, voter(auteur=monde.pilote, appel=monde.appel, vote=Vote("D1", date(2016, 6, 13), 70, 4, 8))


def notifier(monde: PetitArbitrage, deliberation: Deliberation) -> None:
    jour = date(2016, 6, 20)
    dater_la_deliberation(
        auteur=monde.pilote, deliberation=deliberation, transmise_le=jour, publiee_le=jour, version=1
    )
    envoi = demander_l_envoi(auteur=monde.pilote, deliberation=deliberation)
    with executer(EnvoiDesNotifications, envoi.pk) as en_main:
        envoyer_les_notifications(*en_main)


def engages() -> set[int]:
    return set(MouvementDEngagement.objects.values_list("action", flat=True))


def test_le_vote_affecte_chaque_axe_a_ce_qu_il_attribue_et_n_engage_rien():
    _, deliberation = vote()
    votes = Tranche.objects.order_by().values_list("action__projet__axe").annotate(Sum("montant"))
    lues = AffectationDeCredits.objects.values_list("axe", "montant", "deliberation", "motif")
    assert sorted(lues) == sorted((axe, somme, deliberation.pk, "Vote de D1") for axe, somme in votes)
    assert engages() == set()


def test_la_notification_engage_ce_qui_n_attend_pas_de_convention():
    monde, deliberation = vote()
    notifier(monde, deliberation)
    actions = set(Action.objects.values_list("pk", flat=True))
    assert actions
    assert engages() == actions


def test_une_action_a_conventionner_se_notifie_et_ne_s_engage_qu_a_la_signature():
    monde, deliberation = vote()
    tous = Projet.objects.filter(action__isnull=False)
    un = tous.order_by("pk").first()
    un.organisme.forme_juridique = "association"
    un.organisme.save(update_fields=["forme_juridique"])
    action = Action.objects.get(projet=un)
    # le même organisme reçoit par ailleurs de quoi passer le seuil
    action_votee(organisme=un.organisme, montants=dict.fromkeys((2016, 2017, 2018), "23000.00"))
    notifier(monde, deliberation)
    assert Notification.objects.filter(decision__projet=un).exists()
    assert action.pk not in engages()
    with pytest.raises(PassageRefuse, match="convention obligatoire n’est pas signée"):
        engager_l_action(auteur=monde.pilote, action=action)
    convention(action)
    assert engager_l_action(auteur=monde.pilote, action=action)
    engagee = MouvementDEngagement.objects.filter(action=action).aggregate(s=Sum("montant"))["s"]
    assert engagee == Tranche.objects.filter(action=action).aggregate(s=Sum("montant"))["s"] > Decimal(0)
