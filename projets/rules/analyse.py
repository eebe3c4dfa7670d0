"""Les repères d’un budget et ce qui y attire l’œil. Montants en centimes, parts en pour cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

ECART_ENTRE_ANNEES = 20  # % : au-delà, une hausse ou une baisse du coût d’une année à l’autre se dit
ECART_A_LA_MEDIANE = 50  # % : au-delà, un coût par allocataire se dit
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


def s_ecarte(valeur: Decimal | None, mediane: Decimal | None) -> bool:
    """La valeur dépasse la médiane de plus que le seuil, ou lui est inférieure d’autant."""
    return bool(valeur is not None and mediane and abs(valeur - mediane) * 100 > ECART_A_LA_MEDIANE * mediane)
