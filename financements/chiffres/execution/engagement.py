"""Ce qui peut s’engager, et ce que l’affectation de chaque axe laisse."""

from django.db.models import QuerySet

from config.socle.montants import en_centimes
from financements.chiffres.conventions import actions_obligees
from financements.chiffres.execution.affectations import affectes_par_axe, engages_par_axe
from financements.chiffres.tableaux import ZERO
from financements.models import Action, Convention, Decision, MouvementDEngagement
from projets.models import AppelAProjets


def actions_a_engager(appel: AppelAProjets) -> QuerySet[Action]:
    """Celles que rien n’engage encore et que rien n’empêche d’engager : notifiées, conventionnées s’il le faut."""
    signees = Convention.objects.en_vigueur().values("action")
    attendent = actions_obligees(appel).exclude(pk__in=signees).values("pk")
    return notifiees_a_engager(appel).exclude(pk__in=attendent)


def notifiees_a_engager(appel: AppelAProjets) -> QuerySet[Action]:
    """Celles que rien n’engage encore et dont la décision est notifiée, ou qui viennent d’un import."""
    muettes = Decision.objects.filter(notification__isnull=True, projet__appel=appel).values("projet")
    siennes = Action.objects.filter(projet__appel=appel).exclude(projet__in=muettes)
    return siennes.exclude(pk__in=MouvementDEngagement.objects.values("action"))


def libres_par_axe(appel: AppelAProjets) -> dict[int, int]:
    """Axe → centimes affectés que rien n’engage. Deux requêtes."""
    engages = engages_par_axe(appel)
    return {axe: en_centimes(somme - engages.get(axe, ZERO)) for axe, somme in affectes_par_axe(appel).items()}
