"""Ce que le rapport lit de chaque projet retenu : qui, quoi, combien, chez quels territoires."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from config.socle.montants import en_centimes
from financements.chiffres.arbitrage.totaux import QUI_COMPTENT
from financements.models import LigneDeScenario, PartDeScenario, Scenario
from projets.models import ExerciceProjet, PartProjet, Projet

Montants = dict[int, int]  # année → centimes


@dataclass(frozen=True)
class Retenu:
    """Un projet retenu. `parts` : territoire → (nom, part en centièmes de %) ; `montants` : territoire → année.

    `cout`, `demande` : toutes années, centimes.
    """

    projet: Projet
    cout: int
    demande: int
    parts: dict[str, tuple[str, int]]
    montants: dict[str, Montants]


def retenus(scenario: Scenario) -> list[Retenu]:
    """Les projets que retient le scénario, par axe puis numéro. Quatre requêtes."""
    lignes = (
        LigneDeScenario.objects.filter(scenario=scenario, **QUI_COMPTENT)
        .select_related("projet__appel", "projet__axe", "projet__organisme__commune")
        .order_by("projet__axe__numero", "projet__numero")
    )
    lues = {ligne.pk: ligne.projet for ligne in lignes}
    couts, partages = _couts(projet.pk for projet in lues.values()), _partages(scenario)
    montants: dict[int, dict[str, Montants]] = defaultdict(lambda: defaultdict(dict))
    parts = PartDeScenario.objects.filter(ligne__scenario=scenario, ligne__in=lues)
    for ligne, code, annee, montant in parts.values_list("ligne", "territoire__code", "annee", "montant"):
        montants[ligne][code][annee] = en_centimes(montant)
    return [
        Retenu(projet, *couts.get(projet.pk, (0, 0)), partages.get(projet.pk, {}), dict(montants[ligne]))
        for ligne, projet in lues.items()
    ]


def _couts(projets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Projet → (coût, demandé), toutes années."""
    sommes = (
        ExerciceProjet.objects.filter(projet__in=list(projets))
        .order_by()
        .values_list("projet")
        .annotate(Sum("cout"), Sum("montant_demande"))
    )
    return {projet: (en_centimes(cout), en_centimes(demande)) for projet, cout, demande in sommes}


def _partages(scenario: Scenario) -> dict[int, dict[str, tuple[str, int]]]:
    partages: dict[int, dict[str, tuple[str, int]]] = defaultdict(dict)
    parts = PartProjet.objects.filter(
        projet__in=LigneDeScenario.objects.filter(scenario=scenario, **QUI_COMPTENT).values("projet")
    ).order_by("territoire__nom_tri")
    for projet, code, nom, part in parts.values_list("projet", "territoire__code", "territoire__nom", "pourcentage"):
        partages[projet][code] = (nom, en_centimes(part))
    return partages
