"""D’où vient la dotation d’un territoire : quote-part, reste et centime d’arrondi de chaque année."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from config.socle.montants import en_centimes, en_euros
from financements.models import Dotation
from territoires.models import Territoire
from territoires.rules.plus_forts_restes import expliquer


@dataclass(frozen=True)
class QuotePart:
    """Une année : `cp` × `effectif` / `total_effectifs`, au centime.

    `cp`, `part_entiere`, `arrondi`, `dotation` en euros ; `reste` en millièmes de centime, arrondi pour l’œil ;
    `rang` du reste parmi les `territoires`, dont les `distribues` premiers ont reçu un centime.
    """

    annee: int
    cp: Decimal
    effectif: int
    total_effectifs: int
    part_entiere: Decimal
    reste: Decimal
    rang: int
    territoires: int
    distribues: int
    arrondi: Decimal
    dotation: Decimal


def expliquer_la_dotation(dotations: Sequence[Dotation], territoire: Territoire) -> list[QuotePart]:
    """Une ligne par année, vide si le territoire n’a pas de dotation.

    `dotations` : toutes celles d’une répartition (`Programme.dotations`). Le calcul est refait par la règle qui a
    servi au vote ; `dotation` est ce que la base garde.
    """
    poids: dict[int, dict[str, int]] = defaultdict(dict)
    montants: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for dotation in dotations:
        poids[dotation.annee][dotation.territoire.code] = dotation.poids
        montants[dotation.annee][dotation.territoire.code] = dotation.montant
    return [
        _ligne(annee, territoire.code, poids[annee], montants[annee], dotations[0].repartition.unite_centimes)
        for annee in poids
        if territoire.code in poids[annee]
    ]


def _ligne(annee: int, code: str, poids: dict[str, int], montants: dict[str, Decimal], unite: int) -> QuotePart:
    cp = sum(montants.values(), Decimal(0))
    parts = expliquer(en_centimes(cp), poids, unite=unite)
    part = parts[code]
    return QuotePart(
        annee=annee,
        cp=cp,
        effectif=part.poids,
        total_effectifs=sum(poids.values()),
        part_entiere=en_euros(part.part_entiere),
        reste=_decimal(part.reste),
        rang=part.rang,
        territoires=len(parts),
        distribues=sum(autre.est_arrondi_recu for autre in parts.values()),
        arrondi=en_euros(part.arrondi),
        dotation=montants[code],
    )


def _decimal(reste: Fraction) -> Decimal:
    return (Decimal(reste.numerator) / Decimal(reste.denominator)).quantize(Decimal("0.001"))
