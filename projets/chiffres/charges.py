"""La charge des instructeurs : les projets déposés et pas encore décidés que chacun suit."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from comptes.models import Personne
from comptes.states import Role
from projets.models import Affectation
from projets.states import NON_DECIDES, Qualite


@dataclass(frozen=True, slots=True)
class Charge:
    """Un instructeur, et combien de projets il suit : en chef de file, en associé."""

    personne: Personne
    chef: int
    associe: int

    @property
    def total(self) -> int:
        """Tous les projets qu’il suit."""
        return self.chef + self.associe


def charges(instructeurs: Iterable[Personne] | None = None) -> list[Charge]:
    """Une ligne par instructeur dont le compte est ouvert (ou par personne donnée), même s’il ne suit rien."""
    personnes = instructeurs_actifs() if instructeurs is None else list(instructeurs)
    suivies = Affectation.objects.actives().filter(projet__etat__in=NON_DECIDES, instructeur__in=personnes).order_by()
    comptes = {
        ligne["instructeur"]: ligne
        for ligne in suivies.values("instructeur").annotate(
            chef=Count("pk", filter=Q(qualite=Qualite.CHEF_DE_FILE)),
            associe=Count("pk", filter=Q(qualite=Qualite.ASSOCIE)),
        )
    }
    rien = {"chef": 0, "associe": 0}
    return [
        Charge(p, chef=comptes.get(p.pk, rien)["chef"], associe=comptes.get(p.pk, rien)["associe"]) for p in personnes
    ]


def instructeurs_actifs() -> list[Personne]:
    """Les instructeurs dont le compte est ouvert, par nom, leurs territoires lus d’avance."""
    ouverts = Personne.objects.filter(role=Role.INSTRUCTEUR, is_active=True)
    return list(ouverts.prefetch_related("territoires").order_by("nom", "prenom", "pk"))
