"""Ce qui est déjà pris sur chaque dotation : le voté, ou le scénario adopté s’il prend davantage."""

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Sum

from config.socle.montants import en_centimes
from financements.models import PartDeScenario, PartTranche, Scenario
from financements.states import PROJETS_ARBITRABLES, Choix, EtatScenario
from projets.models import AppelAProjets

Consommation = Mapping[tuple[str, int], int]


def scenario_adopte(appel: AppelAProjets) -> Scenario | None:
    """Celui qui engage les enveloppes de l’appel, s’il y en a un."""
    return Scenario.objects.filter(appel=appel, etat=EtatScenario.ADOPTE).first()


def consommation(appel: AppelAProjets) -> dict[tuple[str, int], int]:
    """(code, année) → centimes. Deux requêtes."""
    votees = (
        PartTranche.objects.filter(tranche__action__projet__appel=appel)
        .order_by()
        .values_list("territoire__code", "tranche__annee")
        .annotate(somme=Sum("montant"))
    )
    adoptees = (
        PartDeScenario.objects.filter(
            ligne__scenario__appel=appel,
            ligne__scenario__etat=EtatScenario.ADOPTE,
            ligne__choix=Choix.RETENU,
            ligne__projet__etat__in=PROJETS_ARBITRABLES,
        )
        .order_by()
        .values_list("territoire__code", "annee")
        .annotate(somme=Sum("montant"))
    )
    prises: dict[tuple[str, int], int] = {}
    for code, annee, somme in (*votees, *adoptees):
        prises[code, annee] = max(prises.get((code, annee), 0), en_centimes(somme))
    return prises


def par_annee(prises: Consommation) -> dict[int, int]:
    """Année → centimes, tous territoires."""
    sommes: dict[int, int] = defaultdict(int)
    for (_, annee), montant in prises.items():
        sommes[annee] += montant
    return dict(sommes)
