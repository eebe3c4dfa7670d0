"""Les scénarios d’une liste et leurs totaux, tous en deux requêtes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from financements.chiffres.arbitrage.totaux import QUI_COMPTENT
from financements.chiffres.tableaux import ZERO, pourcent
from financements.models import LigneDeScenario, PartDeScenario, Scenario
from projets.states import Volet


@dataclass(frozen=True)
class Resume:
    """Un scénario : projets retenus, euros, part professionnelle (%)."""

    scenario: Scenario
    retenus: int
    total: Decimal
    professionnel: Decimal | None


def resumes(scenarios: Sequence[Scenario]) -> list[Resume]:
    """Un résumé par scénario, dans l’ordre."""
    pks = [scenario.pk for scenario in scenarios]
    lignes = LigneDeScenario.objects.filter(scenario__in=pks, **QUI_COMPTENT).order_by().values_list("scenario")
    retenus: dict[int, int] = dict(lignes.annotate(Count("pk")))
    sommes = (
        PartDeScenario.objects.filter(
            ligne__scenario__in=pks, **{f"ligne__{nom}": valeur for nom, valeur in QUI_COMPTENT.items()}
        )
        .order_by()
        .values_list("ligne__scenario")
        .annotate(
            total=Sum("montant"),
            professionnel=Sum("montant", filter=Q(ligne__projet__axe__volet=Volet.PROFESSIONNEL), default=ZERO),
        )
    )
    montants = {pk: (total, professionnel) for pk, total, professionnel in sommes}
    return [
        Resume(scenario, retenus.get(scenario.pk, 0), total, pourcent(professionnel, total))
        for scenario in scenarios
        for total, professionnel in [montants.get(scenario.pk, (ZERO, ZERO))]
    ]
