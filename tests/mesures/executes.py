"""Un programme voté, puis exécuté comme celui de la démonstration : engagé, payé en 2016, en cours en 2017."""

from django.db import transaction

from financements.actions.executer_la_demonstration import executer_la_demonstration
from financements.actions.imputer_la_demonstration import imputer_la_demonstration
from financements.imports.credits import affecter_ce_qui_est_vote
from projets.models import AppelAProjets
from tests.mesures.donnees import charger_programme, mesurer_les_tables

SERIE = "execution"


def programme_execute(facteur: int = 1) -> AppelAProjets:
    """L’appel `execution-<facteur>` : 988 × `facteur` actions, leurs engagements, versements, bilans, conventions."""
    existant = AppelAProjets.objects.filter(slug=f"{SERIE}-{facteur}").first()
    return existant or _charger(facteur)


@transaction.atomic
def _charger(facteur: int) -> AppelAProjets:
    appel = charger_programme(facteur, SERIE)
    imputer_la_demonstration()
    affecter_ce_qui_est_vote(auteur=None, appel=appel, motif="Crédits votés")
    executer_la_demonstration(appel)
    mesurer_les_tables()
    return appel
