"""L’adresse d’un scénario, le texte d’une page."""

import re

from config.socle.montants import FINE, INSECABLE
from financements.models import Scenario


def adresse(scenario: Scenario, suite: str = "") -> str:
    return f"/arbitrage/arbitrage/scenarios/{scenario.pk}/{suite}"


def texte(reponse) -> str:
    """Le texte d’une réponse, sans balises, espaces réduites."""
    plat = re.sub(r"<[^>]+>", " ", reponse.content.decode())
    return " ".join(plat.replace(FINE, " ").replace(INSECABLE, " ").split())
