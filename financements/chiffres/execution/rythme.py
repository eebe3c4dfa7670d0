"""Le rythme des paiements : prévu et mandaté, cumulés par trimestre civil."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from financements.chiffres.execution.mouvements import Mouvements
from financements.chiffres.tableaux import ZERO

MOIS = 3  # d’un trimestre


@dataclass(frozen=True)
class Trimestre:
    """La fin d’un trimestre : prévu et mandaté depuis le début (euros) ; `mandate` : None après le dernier mandat."""

    debut: date
    prevu: Decimal
    mandate: Decimal | None

    @property
    def numero(self) -> int:
        """De 1 à 4."""
        return (self.debut.month - 1) // MOIS + 1

    @property
    def libelle(self) -> str:
        """« T3 2016 »."""
        return f"T{self.numero} {self.debut.year}"

    @property
    def ecart(self) -> Decimal | None:
        """Mandaté − prévu ; None après le dernier mandat."""
        return None if self.mandate is None else self.mandate - self.prevu


def rythme(mouvements: Mouvements) -> list[Trimestre]:
    """Du premier au dernier trimestre où quelque chose est prévu ou mandaté."""
    cumul, fait, trimestres = ZERO, ZERO, []
    dernier = max(mouvements.mandates, default=date.min)
    for debut in _suite([*mouvements.prevus, *mouvements.mandates]):
        cumul += mouvements.prevus.get(debut, ZERO)
        fait += mouvements.mandates.get(debut, ZERO)
        trimestres.append(Trimestre(debut, cumul, fait if debut <= dernier else None))
    return trimestres


def _suite(debuts: Sequence[date]) -> list[date]:
    """Tous les trimestres, du plus ancien au plus récent."""
    if not debuts:
        return []
    suite, jour = [], min(debuts)
    while jour <= max(debuts):
        suite.append(jour)
        jour = date(jour.year + (jour.month + MOIS > 12), (jour.month + MOIS - 1) % 12 + 1, 1)  # noqa: PLR2004
    return suite
