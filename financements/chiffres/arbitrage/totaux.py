"""Les totaux d’un scénario, refaits par la base à chaque lecture : rien ne s’y accumule, rien ne peut dériver."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, Sum

from config.socle.montants import en_centimes
from financements.models import LigneDeScenario, PartDeScenario, Scenario
from financements.states import PROJETS_ARBITRABLES, Choix
from projets.states import Volet

# Les lignes qui comptent : retenues, d’un projet encore en course.
QUI_COMPTENT = {"choix": Choix.RETENU, "projet__etat__in": PROJETS_ARBITRABLES}
Cellule = tuple[str, int, int]  # code du territoire, année, numéro de l’axe


@dataclass(frozen=True)
class Totaux:
    """Ce que retient un scénario, en centimes. `volets` : numéro d’axe → volet ; `allocataires` : par an."""

    cellules: dict[Cellule, int]
    volets: dict[int, str]
    retenus: int = 0
    en_attente: int = 0
    non_retenus: int = 0
    allocataires: int = 0

    def _sommes(self, *rangs: int) -> dict[tuple[str | int, ...], int]:
        sommes: dict[tuple[str | int, ...], int] = defaultdict(int)
        for cellule, montant in self.cellules.items():
            sommes[tuple(cellule[rang] for rang in rangs)] += montant
        return dict(sommes)

    @cached_property
    def par_territoire(self) -> dict[tuple[str | int, ...], int]:
        """(code, année) → centimes."""
        return self._sommes(0, 1)

    @cached_property
    def par_axe(self) -> dict[tuple[str | int, ...], int]:
        """(numéro d’axe, année) → centimes."""
        return self._sommes(2, 1)

    @cached_property
    def par_annee(self) -> dict[int, int]:
        """Année → centimes."""
        return {int(annee): somme for (annee,), somme in self._sommes(1).items()}

    @cached_property
    def total(self) -> int:
        """Toutes années, centimes."""
        return sum(self.cellules.values())

    def professionnel(self, annee: int | None = None) -> int:
        """Ce qui va à l’insertion professionnelle, une année ou toutes, en centimes."""
        return sum(
            montant
            for (_, an, axe), montant in self.cellules.items()
            if annee in (None, an) and self.volets[axe] == Volet.PROFESSIONNEL
        )


def totaux(scenario: Scenario) -> Totaux:
    """Deux requêtes, quel que soit le nombre de projets."""
    lignes = LigneDeScenario.objects.filter(scenario=scenario)
    comptes = lignes.aggregate(
        retenus=Count("pk", filter=Q(**QUI_COMPTENT)),
        en_attente=Count("pk", filter=Q(choix=Choix.ATTENTE)),
        tous=Count("pk"),
        allocataires=Sum("projet__allocataires_prevus", filter=Q(**QUI_COMPTENT), default=0),
    )
    sommes = (
        PartDeScenario.objects.filter(
            ligne__scenario=scenario, **{f"ligne__{nom}": valeur for nom, valeur in QUI_COMPTENT.items()}
        )
        .order_by()
        .values_list("territoire__code", "annee", "ligne__projet__axe__numero", "ligne__projet__axe__volet")
        .annotate(Sum("montant"))
    )
    cellules, volets = {}, {}
    for code, annee, axe, volet, montant in sommes:
        cellules[code, annee, axe] = en_centimes(montant)
        volets[axe] = volet
    return Totaux(
        cellules=cellules,
        volets=volets,
        retenus=comptes["retenus"],
        en_attente=comptes["en_attente"],
        non_retenus=comptes["tous"] - comptes["retenus"] - comptes["en_attente"],
        allocataires=comptes["allocataires"],
    )
