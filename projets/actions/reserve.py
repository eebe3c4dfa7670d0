"""Entre le vote et la notification : le projet ne change plus, et rien ne dit encore dans quel sens il est décidé."""

from config.socle.transitions import PassageRefuse
from projets.models import Projet

DECISION_A_NOTIFIER = "L’assemblée s’est prononcée sur ce projet\u00a0: il ne change plus avant la notification."


def refuser_la_decision_a_notifier(verrouille: Projet) -> None:
    """Lève `PassageRefuse`, de la même phrase que le projet soit retenu, en attente ou non retenu."""
    if verrouille.decision_reservee:
        raise PassageRefuse(DECISION_A_NOTIFIER)
