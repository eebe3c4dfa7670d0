"""Le tableau vivant d’un scénario : reste par territoire et par axe, part professionnelle, actions, allocataires."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery

from config.socle.montants import en_euros
from financements.chiffres.arbitrage.totaux import Totaux, totaux
from financements.chiffres.plafonds import Plafonds, plafonds
from financements.chiffres.tableaux import ZERO, pourcent
from financements.models import Scenario
from financements.rules.depassements import depassements
from projets.models import Axe
from territoires.models import Effectif, Territoire

LIBELLE_DU_TOTAL = "Total"  # l’enveloppe d’une année entière, dans un dépassement aussi


@dataclass(frozen=True)
class Solde:
    """Ce qu’un territoire ou un axe peut recevoir (None : sans borne) et ce que le scénario lui donne, en euros."""

    plafond: Decimal | None
    propose: Decimal

    @property
    def reste(self) -> Decimal | None:
        """Plafond − proposé ; négatif s’il est dépassé."""
        return None if self.plafond is None else self.plafond - self.propose

    @property
    def depassement(self) -> Decimal:
        """Ce que le proposé prend au-delà du plafond."""
        return max(-self.reste, ZERO) if self.reste is not None else ZERO


@dataclass(frozen=True)
class Rang:
    """Une ligne du tableau : un solde par année et un pour la période. `effectif` : allocataires du relevé."""

    cle: str
    libelle: str
    soldes: list[Solde]
    periode: Solde
    effectif: int | None = None

    @property
    def par_allocataire(self) -> Decimal | None:
        """Euros proposés par allocataire du territoire, toutes années."""
        return self.periode.propose / self.effectif if self.effectif else None


@dataclass(frozen=True)
class Volets:
    """Le partage d’une année (None : la période), en %. `atteint` : la cible l’est ; None sans cible."""

    annee: int | None
    professionnel: Decimal | None
    atteint: bool | None

    @property
    def social(self) -> Decimal | None:
        """Ce qui va à l’insertion sociale, en %."""
        return None if self.professionnel is None else 100 - self.professionnel


class Panneau:
    """Ce que l’écran d’arbitrage montre en haut. Tout vient de `Totaux` et de `Plafonds`."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.appel = scenario, scenario.appel
        self.annees: list[int] = list(scenario.appel.annees)

    @cached_property
    def totaux(self) -> Totaux:
        """Ce que le scénario retient."""
        return totaux(self.scenario)

    @cached_property
    def plafonds(self) -> Plafonds:
        """Ce que l’on peut distribuer."""
        return plafonds(self.appel)

    @cached_property
    def territoires(self) -> list[Rang]:
        """Un rang par territoire, par nom."""
        return [
            self._rang((code, nom), self.plafonds.territoires, self.totaux.par_territoire, effectif)
            for code, nom, effectif in self._territoires
        ]

    @cached_property
    def _territoires(self) -> list[tuple[str, str, int | None]]:
        repartition = self.plafonds.repartition
        effectifs = Effectif.objects.filter(
            releve=repartition.releve_id if repartition else None, territoire=OuterRef("pk")
        )
        lus = Territoire.objects.order_by("nom_tri").annotate(effectif=Subquery(effectifs.values("nombre")[:1]))
        return list(lus.values_list("code", "nom", "effectif"))

    @cached_property
    def _axes(self) -> list[tuple[int, str]]:
        return list(Axe.objects.filter(appel=self.appel).order_by("numero").values_list("numero", "intitule"))

    @property
    def choix_des_filtres(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """(axes, territoires) : ce que les filtres de la liste proposent, sans les relire."""
        axes = [(str(numero), f"{numero}. {intitule}") for numero, intitule in self._axes]
        return axes, [(code, nom) for code, nom, _ in self._territoires]

    @cached_property
    def axes(self) -> list[Rang]:
        """Un rang par axe."""
        return [self._rang(axe, self.plafonds.axes, self.totaux.par_axe) for axe in self._axes]

    @cached_property
    def total(self) -> Rang:
        """L’appel entier, face aux crédits de paiement moins la réserve."""
        bornes = {("", annee): montant for annee, montant in self.plafonds.distribuables.items()}
        proposes = {("", annee): montant for annee, montant in self.totaux.par_annee.items()}
        return self._rang(("", LIBELLE_DU_TOTAL), bornes, proposes)

    @cached_property
    def volets(self) -> list[Volets]:
        """La période, puis chaque année."""
        return [self._volets(None), *(self._volets(annee) for annee in self.annees)]

    @cached_property
    def depassements(self) -> list[tuple[str, int, Decimal]]:
        """(libellé, année, euros) de chaque enveloppe dépassée : territoires, axes, puis l’année entière."""
        return [
            (self.libelles[quoi, cle], annee, en_euros(centimes))
            for quoi, cle, annee, centimes in depassements(self.totaux.cellules, self.plafonds.limites)
        ]

    @cached_property
    def libelles(self) -> dict[tuple[str, str | int], str]:
        """Une enveloppe (« territoire », « axe » ou « année », sa clé) → son nom, à l’écran et dans une dérogation."""
        return {
            **{("territoire", code): nom for code, nom, _ in self._territoires},
            **{("axe", numero): intitule for numero, intitule in self._axes},
            **{("année", annee): LIBELLE_DU_TOTAL for annee in self.annees},
        }

    @property
    def cout_par_allocataire(self) -> Decimal | None:
        """Euros par allocataire accompagné et par an."""
        accompagnes = self.totaux.allocataires * len(self.annees)
        return en_euros(self.totaux.total) / accompagnes if accompagnes else None

    @property
    def plus_grand(self) -> Decimal:
        """L’échelle des jauges : le plus grand plafond ou montant proposé d’un territoire."""
        return max((max(r.periode.plafond or ZERO, r.periode.propose) for r in self.territoires), default=ZERO)

    def _rang(
        self,
        titre: tuple[str | int, str],
        plafonds: Mapping[Any, int],
        proposes: Mapping[Any, int],
        effectif: int | None = None,
    ) -> Rang:
        cle, libelle = titre
        soldes = [_solde(plafonds.get((cle, annee)), proposes.get((cle, annee), 0)) for annee in self.annees]
        return Rang(str(cle), libelle, soldes, _somme(soldes), effectif)

    def _volets(self, annee: int | None) -> Volets:
        tout = self.totaux.total if annee is None else self.totaux.par_annee.get(annee, 0)
        part = pourcent(Decimal(self.totaux.professionnel(annee)), Decimal(tout))
        cible = self.appel.part_pro_cible
        return Volets(annee, part, None if part is None or cible is None else part >= cible)


def _solde(plafond: int | None, propose: int) -> Solde:
    return Solde(None if plafond is None else en_euros(plafond), en_euros(propose))


def _somme(soldes: Sequence[Solde]) -> Solde:
    plafonds = [solde.plafond for solde in soldes if solde.plafond is not None]
    return Solde(sum(plafonds, ZERO) if plafonds else None, sum((solde.propose for solde in soldes), ZERO))
