"""Adopter, voter, rendre exécutoire, notifier un petit appel."""

from datetime import date

from config.socle.execution import executer
from financements.actions.arbitrage.adopter import adopter
from financements.actions.vote.executoire import (
    dater_la_deliberation,
    demander_l_envoi,
    envoyer_les_notifications,
)
from financements.actions.vote.voter import Vote, voter
from financements.models import Deliberation, EnvoiDesNotifications

VOTE = Vote("DLES/2016/131", date(2016, 6, 13), 70, 4, 8, deports="Mme X\nM. Y")


def adopter_les_propositions(monde):
    return adopter(auteur=monde.pilote, scenario=monde.scenario())


def votee(monde, **champs) -> Deliberation:
    adopter_les_propositions(monde)
    return voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, **champs)


def executoire(monde, deliberation: Deliberation) -> Deliberation:
    return dater_la_deliberation(
        auteur=monde.pilote,
        deliberation=deliberation,
        transmise_le=date(2016, 6, 20),
        publiee_le=date(2016, 6, 22),
        version=deliberation.version,
    )


def envoyer(deliberation: Deliberation, pilote) -> EnvoiDesNotifications:
    envoi = demander_l_envoi(auteur=pilote, deliberation=deliberation)
    with executer(EnvoiDesNotifications, envoi.pk) as en_main:
        assert en_main is not None
        envoyer_les_notifications(*en_main)
    envoi.refresh_from_db()
    return envoi


def etats(monde) -> dict[int, tuple[str, bool]]:
    for projet in monde.projets.values():
        projet.refresh_from_db()
    return {numero: (projet.etat, projet.decision_reservee) for numero, projet in monde.projets.items()}


def lu(client) -> dict[str, str]:
    """Ce que la page du vote renvoie du scénario qu’elle montre."""
    return {"lu": client.get("/arbitrage/arbitrage/voter/").context["scenario"].marque}
