"""Ce que le service attend d’un porteur : un complément demandé, une irrecevabilité qu’il peut encore lever."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from projets.models.echanges import DemandeDeComplement
from projets.models.projet import Projet, ProjetQuerySet
from projets.models.recevabilite import Irrecevabilite
from projets.states import EtatProjet


@dataclass(frozen=True, slots=True)
class Attente:
    """`jusqu_au` : dernier jour pour rendre le projet complété ; `est_repris` : le porteur l’écrit déjà."""

    projet: Projet
    jusqu_au: date
    est_repris: bool

    @property
    def est_en_retard(self) -> bool:
        """Le jour est passé et le complément n’est pas rendu."""
        return self.jusqu_au < timezone.localdate()


def attentes(projets: ProjetQuerySet | Iterable[Projet]) -> list[Attente]:
    """Celles de ces projets, la plus proche d’abord. Deux requêtes."""
    lus = ("projet__organisme", "projet__appel")
    demandes = DemandeDeComplement.objects.select_related(*lus).filter(
        projet__in=projets, projet__etat=EtatProjet.INCOMPLET, repondue_le__isnull=True
    )
    irrecevables = Irrecevabilite.objects.select_related(*lus).filter(
        projet__in=projets,
        projet__etat=EtatProjet.IRRECEVABLE,
        levee_le__isnull=True,
        completable_jusqu_au__gte=timezone.localdate(),
    )
    trouvees = [Attente(demande.projet, demande.echeance, est_repris=True) for demande in demandes]
    trouvees += [
        Attente(i.projet, i.completable_jusqu_au, est_repris=False) for i in irrecevables if i.completable_jusqu_au
    ]
    return sorted(trouvees, key=lambda attente: (attente.jusqu_au, attente.projet.pk))
