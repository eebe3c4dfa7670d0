"""Ce que reporterait la clôture d’un exercice : engagements non liquidés, crédits libres, ce qui manquerait."""

import hashlib
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from config.socle.montants import en_centimes
from financements.chiffres.execution.liquidation import cp_libres
from financements.chiffres.tableaux import ZERO
from financements.models import Versement
from financements.states.execution import VERSEMENTS_OUVERTS, EtatVersement
from projets.models import AppelAProjets

REPORTABLES = sorted({*VERSEMENTS_OUVERTS, EtatVersement.REJETE.value})


@dataclass(frozen=True, slots=True)
class Report:
    """Clore `exercice` (centimes). `engages` : à reporter sur le suivant ; `libres` : CP que rien n’aura pris.

    `en_attente` : liquidés pas encore mandatés ; ils restent de l’exercice, à rattacher. `apres` : l’exercice dont les
    engagements doivent passer d’abord, s’il y en a un.
    """

    exercice: int
    versements: int
    actions: int
    engages: int
    libres: int
    en_attente: int
    apres: int | None = None

    @property
    def suivant(self) -> int:
        """L’exercice qui les reçoit."""
        return self.exercice + 1

    @property
    def manque(self) -> int:
        """Ce qu’il manque de crédits pour suivre les engagements (centimes)."""
        return max(self.engages - self.libres, 0)

    @property
    def marque(self) -> str:
        """L’empreinte de ce qui se lit : ce qui est validé est ce qui a été vu."""
        texte = f"{self.exercice}|{self.versements}|{self.engages}|{self.libres}|{self.en_attente}"
        return hashlib.sha256(texte.encode()).hexdigest()


def a_reporter(appel: AppelAProjets, exercice: int) -> QuerySet[Versement]:
    """Les versements de l’exercice que rien n’a liquidés, et ceux que le comptable a rejetés."""
    siens = Versement.objects.filter(action__projet__appel=appel, exercice=exercice)
    return siens.filter(etat__in=REPORTABLES).order_by("pk")


def previsualiser_le_report(appel: AppelAProjets, exercice: int) -> Report:
    """Ce que l’acte ferait, en quatre requêtes. Un rejeté rend ses crédits avant de partir."""
    sommes = a_reporter(appel, exercice).aggregate(
        nombre=Count("pk"),
        actions=Count("action", distinct=True),
        engages=Sum("montant"),
        rejetes=Sum("montant", filter=Q(etat=EtatVersement.REJETE)),
    )
    liquides = Versement.objects.filter(action__projet__appel=appel, exercice=exercice, etat=EtatVersement.LIQUIDE)
    return Report(
        exercice=exercice,
        versements=sommes["nombre"],
        actions=sommes["actions"],
        engages=en_centimes(sommes["engages"] or ZERO),
        libres=cp_libres(appel).get(exercice, 0) + en_centimes(sommes["rejetes"] or ZERO),
        en_attente=en_centimes(liquides.aggregate(somme=Sum("montant"))["somme"] or ZERO),
        apres=_attendu(exercice, _ouverts(appel, exercice)),
    )


def exercices_a_clore(appel: AppelAProjets, annee: int) -> list[tuple[int, int | None]]:
    """Les exercices finis avant `annee` qui ont encore des versements à reporter ou des crédits libres.

    Chacun avec l’exercice qui se clôt avant lui : ce qui passe de 2016 en 2017 doit pouvoir passer encore en 2018.
    Des crédits libres, sans versement à reporter, n’obligent personne : ils peuvent rester.
    """
    ouverts = _ouverts(appel, annee)
    libres = {exercice for exercice, libre in cp_libres(appel).items() if libre > 0 and exercice < annee}
    return [(exercice, _attendu(exercice, ouverts)) for exercice in sorted(ouverts | libres)]


def _ouverts(appel: AppelAProjets, avant: int) -> set[int]:
    siens = Versement.objects.filter(action__projet__appel=appel, etat__in=REPORTABLES, exercice__lt=avant)
    return set(siens.order_by().values_list("exercice", flat=True).distinct())


def _attendu(exercice: int, ouverts: set[int]) -> int | None:
    return min((ouvert for ouvert in ouverts if ouvert < exercice), default=None)
