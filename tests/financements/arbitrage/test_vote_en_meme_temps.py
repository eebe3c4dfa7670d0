"""Le vote et ce qui se fait au même instant : le second attend le premier, puis juge ce qu’il a écrit."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from config.socle.execution import executer
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.arbitrage.adopter import adopter, revenir_sur_l_adoption
from financements.actions.enveloppes.reviser import Revision, reviser_l_enveloppe
from financements.actions.vote.executoire import dater_la_deliberation, demander_l_envoi, envoyer_les_notifications
from financements.actions.vote.voter import Amendement, Vote, voter
from financements.models import (
    Action,
    Decision,
    Deliberation,
    Enveloppe,
    EnvoiDesNotifications,
    Notification,
    Scenario,
)
from financements.states import Choix, EtatScenario
from projets.actions.retirer import retirer_projet
from projets.states import EtatProjet
from tests.comptes.fabriques import ResponsableFactory
from tests.financements.arbitrage.fabriques import ANNEES, PetitArbitrage, petit_arbitrage
from tests.fixtures.verrous import ensemble

pytestmark = pytest.mark.django_db(transaction=True)
Acte = Callable[[], object]


def adopte() -> PetitArbitrage:
    monde = petit_arbitrage()
    adopter(auteur=monde.pilote, scenario=monde.scenario())
    return monde


def vote(monde: PetitArbitrage, reference: str = "D1", *amendements: Amendement) -> Deliberation:
    dit = Vote(reference, date(2016, 6, 13), 70, 4, 8)
    return voter(auteur=monde.pilote, appel=monde.appel, vote=dit, amendements=amendements)


def baisse(monde: PetitArbitrage, cp: str) -> Acte:
    revision = Revision(dict.fromkeys(ANNEES, Decimal(cp)), "R1", date(2016, 6, 1), "Baisse.", repartir=True, lues=0)
    enveloppe = Enveloppe.objects.get(appel=monde.appel)
    return lambda: reviser_l_enveloppe(auteur=monde.pilote, enveloppe=enveloppe, revision=revision)


def test_un_projet_qui_se_retire_pendant_le_vote_n_est_pas_vote():
    monde = adopte()
    projet = monde.projets[1]
    porteur = ResponsableFactory(organisme=projet.organisme).personne
    issue = ensemble(lambda: retirer_projet(auteur=porteur, projet=projet, motif="Renonce."), lambda: vote(monde))
    projet.refresh_from_db()
    assert (issue, projet.etat, projet.decision_reservee) == ("fait", EtatProjet.RETIRE, False)
    assert list(Action.objects.values_list("projet__numero", flat=True)) == [3]
    assert not Decision.objects.filter(projet=projet).exists()


def test_vote_un_scenario_reste_adopte_et_rien_ne_se_retire_ni_ne_baisse():
    monde = adopte()
    projet, scenario = monde.projets[2], Scenario.objects.get()
    porteur = ResponsableFactory(organisme=projet.organisme).personne
    issue = ensemble(
        lambda: vote(monde), lambda: revenir_sur_l_adoption(auteur=monde.pilote, scenario=scenario, motif="Non.")
    )
    assert "n’est plus en arbitrage" in issue
    with pytest.raises(PassageRefuse, match="ne change plus avant la notification"):
        retirer_projet(auteur=porteur, projet=projet, motif="Renonce.")
    with pytest.raises(ValidationError, match="déjà votés ou adoptés"):
        baisse(monde, "9000.00")()
    with pytest.raises(IntegrityError, match="Ce scénario est voté"), transaction.atomic():
        Scenario.objects.update(etat=EtatScenario.ETUDE, adopte_le=None, repartition=None)


def test_deux_votes_au_meme_instant_un_seul_gagne():
    monde = adopte()
    issue = ensemble(lambda: vote(monde, "D1"), lambda: vote(monde, "D2"))
    assert "n’est pas possible" in issue
    assert list(Deliberation.objects.filter(appel=monde.appel).values_list("reference", flat=True)) == ["D1"]
    assert Decision.objects.count() == len(monde.projets)


def test_un_vote_pendant_une_revision_qui_baisse_les_cp_se_juge_sur_les_nouveaux():
    monde = adopte()
    amendement = Amendement(monde.projets[2].pk, Choix.RETENU, dict.fromkeys(ANNEES, 6_000_00), "Besoin.")
    issue = ensemble(baisse(monde, "15100.00"), lambda: vote(monde, "D1", amendement))
    assert "dépasse 6\u00a0fois une enveloppe, d’abord territoire DOU, 2016" in issue
    assert not Action.objects.exists()


def test_une_baisse_pendant_le_vote_se_juge_sur_ce_qui_est_vote():
    monde = adopte()
    amendement = Amendement(monde.projets[2].pk, Choix.RETENU, dict.fromkeys(ANNEES, 6_000_00), "Besoin.")
    issue = ensemble(lambda: vote(monde, "D1", amendement), baisse(monde, "15000.00"))
    assert "sont déjà votés ou adoptés pour 2016" in issue


def dater(monde: PetitArbitrage, jour: date | None) -> Deliberation:
    lue = Deliberation.objects.get(appel=monde.appel)
    return dater_la_deliberation(
        auteur=monde.pilote, deliberation=lue, transmise_le=jour, publiee_le=jour, version=lue.version
    )


def demande(monde: PetitArbitrage) -> EnvoiDesNotifications:
    deliberation = vote(monde)
    dater(monde, date(2016, 6, 20))
    return demander_l_envoi(auteur=monde.pilote, deliberation=deliberation)


def envoyer(envoi: EnvoiDesNotifications) -> None:
    with executer(EnvoiDesNotifications, envoi.pk) as en_main:
        if en_main is not None:
            envoyer_les_notifications(*en_main)


def test_les_dates_ne_bougent_plus_pendant_un_envoi():
    monde = adopte()
    envoi = demande(monde)
    issue = ensemble(lambda: envoyer(envoi), lambda: dater(monde, None))
    assert "ces dates ne changent plus" in issue
    assert Notification.objects.count() == len(monde.projets)
    with pytest.raises(IntegrityError, match="elle ne change plus"), transaction.atomic():
        Deliberation.objects.filter(appel=monde.appel).update(transmise_le=None)


def test_un_envoi_dont_la_deliberation_n_est_plus_executoire_ne_notifie_rien_et_le_dit():
    monde = adopte()
    envoi = demande(monde)
    assert ensemble(lambda: dater(monde, None), lambda: envoyer(envoi)) == "fait"
    envoi.refresh_from_db()
    assert (envoi.etat, envoi.message) == (
        EtatTravail.ECHOUE,
        "La délibération n’est plus exécutoire\u00a0: rien de plus n’est notifié.",
    )
    assert not Notification.objects.exists()
