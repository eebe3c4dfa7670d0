"""Ce que l’on chiffre : un appel, des années, et au besoin un territoire ou un axe."""

from dataclasses import dataclass

from django.db.models import QuerySet

from financements.models import Action, PartTranche
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire


@dataclass(frozen=True)
class Perimetre:
    """Périmètre d’un tableau ou d’un rapport. `annees` : de la première à la dernière, consécutives."""

    appel: AppelAProjets
    annees: tuple[int, ...]
    territoire: Territoire | None = None
    axe: Axe | None = None

    @classmethod
    def entier(cls, appel: AppelAProjets) -> "Perimetre":
        """Tout le programme, toutes ses années."""
        return cls(appel, tuple(appel.annees))

    @property
    def periode(self) -> str:
        """« 2016-2018 », ou « 2016 »."""
        return str(self.annees[0]) + (f"-{self.annees[-1]}" if len(self.annees) > 1 else "")

    @property
    def est_entier(self) -> bool:
        """Vrai si ni territoire ni axe ne restreint : l’enveloppe (AE, CP) ne se lit qu’à cette échelle."""
        return self.territoire is None and self.axe is None

    def parts(self) -> QuerySet[PartTranche]:
        """Les parts de tranche du périmètre : la matière de toutes les sommes."""
        parts = PartTranche.objects.filter(
            tranche__action__projet__appel=self.appel, tranche__annee__range=(self.annees[0], self.annees[-1])
        )
        if self.territoire:
            parts = parts.filter(territoire=self.territoire)
        if self.axe:
            parts = parts.filter(tranche__action__projet__axe=self.axe)
        return parts

    def actions(self) -> QuerySet[Action]:
        """Les actions qui ont de l’argent dans le périmètre."""
        return Action.objects.filter(pk__in=self.parts().filter(montant__gt=0).values("tranche__action"))
