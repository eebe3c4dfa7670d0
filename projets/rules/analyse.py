"""Les repères d’un budget et ce qui y attire l’œil. Montants en centimes, parts en pour cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

ECART_ENTRE_ANNEES = 20  # % : au-delà, une hausse ou une baisse du coût d’une année à l’autre se dit
COMPARABLES = 8  # projets d’un axe : en dessous, ses quartiles ne disent rien
PART_DU_DEPARTEMENT = 80  # % du coût : au-delà, la part du département se dit
RESSEMBLANCE = Decimal(
    "0.35"
)  # trigrammes communs des intitulés, de 0 à 1 : à partir d’ici, deux projets se ressemblent


@dataclass(frozen=True, slots=True)
class Exercice:
    """Une année : coût et demande, en centimes."""

    annee: int
    cout: int
    demande: int

    @property
    def part(self) -> Decimal | None:
        """Part du département dans le coût, en % ; None si le coût est nul."""
        return Decimal(100 * self.demande) / self.cout if self.cout else None


@dataclass(frozen=True, slots=True)
class EcartAnnuel:
    """D’une année à la suivante, le coût change de tant de pour cent (signé)."""

    annee: int
    pourcent: int


def ecarts_annuels(exercices: Sequence[Exercice]) -> list[EcartAnnuel]:
    """Les changements de coût qui dépassent le seuil, années dans l’ordre ; une année sans coût ne se compare pas."""
    trouves = []
    for avant, apres in pairwise(exercices):
        if avant.cout and abs(apres.cout - avant.cout) * 100 > ECART_ENTRE_ANNEES * avant.cout:
            trouves.append(EcartAnnuel(apres.annee, round(100 * (apres.cout - avant.cout) / avant.cout)))
    return trouves


def financeurs_en_double(financeurs: Iterable[tuple[str, str]]) -> list[str]:
    """Les financeurs (nom, clé qui ne tient compte ni des accents ni de la casse) inscrits plus d’une fois."""
    noms: dict[str, list[str]] = {}
    for nom, cle in financeurs:
        noms.setdefault(cle, []).append(nom)
    return [siens[0] for siens in noms.values() if len(siens) > 1]


@dataclass(frozen=True, slots=True)
class Bornes:
    """Ce qui est habituel sur un axe, d’après ses quartiles, en euros ; au-dehors, une valeur se signale.

    La barrière de Tukey (Exploratory Data Analysis, 1977), en proportion : des coûts se comparent par leur rapport,
    et quelques-uns, très hauts, n’ont pas d’égal en bas. Chaque borne est aussi loin de son quartile, en rapport, que
    les deux quartiles le sont l’un de l’autre.
    """

    q1: Decimal
    q3: Decimal

    @property
    def basse(self) -> Decimal:
        """Au centime."""
        return round(self.q1 * self.q1 / self.q3, 2)

    @property
    def haute(self) -> Decimal:
        """Au centime."""
        return round(self.q3 * self.q3 / self.q1, 2)

    def ecart(self, valeur: Decimal | None) -> str:
        """« bas », « haut », ou vide si la valeur est habituelle ou ne se calcule pas."""
        if valeur is None or self.basse <= valeur <= self.haute:
            return ""
        return "bas" if valeur < self.basse else "haut"


def bornes_habituelles(q1: Decimal | None, q3: Decimal | None, nombre: int) -> Bornes | None:
    """`nombre` : les projets dont viennent les quartiles. None : trop peu, ou un quartile nul ou qui manque."""
    if not q1 or not q3 or nombre < COMPARABLES:
        return None
    return Bornes(q1, q3)
