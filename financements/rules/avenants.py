"""Ce qu’un avenant change des montants d’une convention. En centimes, ni ORM ni Django."""

from collections.abc import Mapping
from dataclasses import dataclass


class AvenantRefuse(ValueError):
    """Un avenant qui ne se peut pas ; le message se montre tel quel."""


@dataclass(frozen=True, slots=True)
class Changement:
    """`avant`, `apres` : année → centimes, toutes les années de l’un ou de l’autre."""

    avant: Mapping[int, int]
    apres: Mapping[int, int]

    @property
    def ecart(self) -> int:
        """Ce que l’ensemble gagne (ou perd, négatif), en centimes."""
        return sum(self.apres.values()) - sum(self.avant.values())

    @property
    def hausses(self) -> dict[int, int]:
        """Année → ce qu’elle gagne, pour celles qui gagnent."""
        return {
            annee: montant - self.avant.get(annee, 0)
            for annee, montant in sorted(self.apres.items())
            if montant > self.avant.get(annee, 0)
        }

    @property
    def demande_une_deliberation(self) -> bool:
        """Une hausse, d’une année ou de l’ensemble : l’assemblée l’a votée."""
        return bool(self.hausses)


def changement(avant: Mapping[int, int], voulus: Mapping[int, int]) -> Changement:
    """`voulus` : les années dites ; les autres ne changent pas. Lève `AvenantRefuse`."""
    if any(montant < 0 for montant in voulus.values()):
        raise AvenantRefuse("Un montant n’est pas négatif.")
    apres = {**avant, **voulus}
    if not any(apres.values()):
        raise AvenantRefuse("Il ne resterait rien de l’aide\u00a0: retirez-la, ou résiliez la convention.")
    annees = sorted(avant.keys() | apres.keys())
    return Changement(
        {annee: avant.get(annee, 0) for annee in annees}, {annee: apres.get(annee, 0) for annee in annees}
    )
