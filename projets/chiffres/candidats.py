"""À qui des projets peuvent être confiés, et ce qu’il faut savoir de chacun avant de choisir."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from comptes.models import Personne
from projets.chiffres.charges import instructeurs_actifs
from projets.models import Absence, Affectation, Deport, PartProjet
from projets.permissions import peut_repartir


@dataclass(frozen=True, slots=True)
class Candidat:
    """Un instructeur. `deports` : combien de ces projets lui sont fermés ; `ouverts` : combien il voit déjà, sur
    `sur` ; `absent_jusqu_au` : s’il est absent aujourd’hui.
    """

    personne: Personne
    sur: int
    ouverts: int
    deports: int = 0
    absent_jusqu_au: date | None = None

    @property
    def remarque(self) -> str:
        """« absent jusqu’au 12/06/2026, hors de ses territoires » ; vide s’il n’y a rien à dire."""
        sur_plusieurs = self.sur > 1
        ailleurs = self.sur - self.ouverts - self.deports
        dits = []
        if self.absent_jusqu_au:
            dits.append(f"absent jusqu’au {self.absent_jusqu_au:%d/%m/%Y}")
        if self.deports:
            dits.append(f"déporté de {self.deports} sur {self.sur}")
        if ailleurs:
            dits.append(
                f"{ailleurs} sur {self.sur} hors de ses territoires" if sur_plusieurs else "d’un autre territoire"
            )
        return ", ".join(dits)


def candidats(projets: Collection[int], auteur: Personne) -> list[Candidat]:
    """Ceux à qui `auteur` peut confier un de ces projets au moins, ceux qui n’ont rien contre eux d’abord.

    Le pilote confie à tout instructeur, sauf déporté ; un instructeur, à lui-même ou à qui voit déjà le projet. Six
    requêtes.
    """
    lues = _Lues(projets)
    tous = [lues.candidat(personne) for personne in instructeurs_actifs()]
    a_tous = peut_repartir(auteur)
    retenus = [c for c in tous if (c.sur > c.deports if a_tous else c.ouverts)]
    return sorted(retenus, key=lambda c: bool(c.remarque))


@dataclass(slots=True)
class _Lues:
    """Ce qu’il faut des projets pour dire qui les voit."""

    projets: Collection[int]
    territoires: dict[int, set[int]] = field(default_factory=dict)
    confies: set[tuple[int, int]] = field(default_factory=set)
    deports: set[tuple[int, int]] = field(default_factory=set)
    absences: list[Absence] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = PartProjet.objects.filter(projet__in=self.projets).order_by().values_list("projet", "territoire")
        for projet, territoire in parts:
            self.territoires.setdefault(projet, set()).add(territoire)
        actives = Affectation.objects.actives().filter(projet__in=self.projets).order_by()
        self.confies = set(actives.values_list("projet", "instructeur"))
        deports = Deport.objects.en_cours().filter(projet__in=self.projets).order_by()
        self.deports = set(deports.values_list("projet", "personne"))
        self.absences = list(Absence.objects.en_cours(timezone.localdate()))

    def candidat(self, personne: Personne) -> Candidat:
        siens = {territoire.pk for territoire in personne.territoires.all()}
        remplaces = {absence.personne_id for absence in self.absences if absence.remplacant_id == personne.pk}
        suivent = {personne.pk, *remplaces}
        fermes = {projet for projet in self.projets if (projet, personne.pk) in self.deports}
        ouverts = {
            projet
            for projet in set(self.projets) - fermes
            if siens & self.territoires.get(projet, set()) or any((projet, qui) in self.confies for qui in suivent)
        }
        fins = [absence.au for absence in self.absences if absence.personne_id == personne.pk]
        return Candidat(personne, len(set(self.projets)), len(ouverts), len(fermes), max(fins, default=None))
