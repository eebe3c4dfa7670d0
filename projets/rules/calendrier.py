"""Le temps d’un appel : son état à un instant donné, et si l’on peut déposer. Tous les instants portent leur fuseau.

Un appel publié s’ouvre et se clôt à l’instant dit, que la tâche périodique soit passée ou non : l’état enregistré ne
fait que suivre. Le dépôt est possible de l’ouverture comprise à la clôture exclue.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BROUILLON, PUBLIE, OUVERT, CLOS = "brouillon", "publie", "ouvert", "clos"
SUIVENT_L_HORLOGE = frozenset({PUBLIE, OUVERT})
RECOIVENT_DES_PROJETS = frozenset({PUBLIE, OUVERT, CLOS})
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Calendrier:
    """L’état enregistré d’un appel et ses deux instants."""

    etat: str
    ouvre_le: datetime
    ferme_le: datetime


@dataclass(frozen=True, slots=True)
class Suites:
    """Ce qui vient après la clôture : les jours prévus, connus ou non."""

    comite_le: date | None
    deliberation_le: date | None

    def a_partir_du(self, jour: date) -> list[tuple[str, date]]:
        """Les étapes prévues ce jour-là ou plus tard, dans l’ordre."""
        etapes = (
            ("comité de sélection", self.comite_le),
            ("délibération de l’assemblée", self.deliberation_le),
        )
        return [(nom, prevue) for nom, prevue in etapes if prevue is not None and prevue >= jour]


class HeureInexistante(ValueError):
    """L’heure est sautée au passage à l’heure d’été."""


class HeureAmbigue(ValueError):
    """L’heure revient deux fois au passage à l’heure d’hiver."""


def instant_de_paris(lu: datetime) -> datetime:
    """L’instant (UTC) d’une date et d’une heure lues sur une horloge de Paris, sans fuseau.

    Lève `HeureInexistante` ou `HeureAmbigue` aux deux nuits où l’heure change.
    """
    premier = lu.replace(tzinfo=PARIS, fold=0)
    second = lu.replace(tzinfo=PARIS, fold=1)
    if premier.utcoffset() == second.utcoffset():
        return premier.astimezone(UTC)
    if premier.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != lu:
        raise HeureInexistante
    raise HeureAmbigue


def etat_effectif(calendrier: Calendrier, instant: datetime) -> str:
    """L’état à cet instant. Hors de « publié » et « ouvert », c’est l’état enregistré."""
    if calendrier.etat not in SUIVENT_L_HORLOGE:
        return calendrier.etat
    if instant < calendrier.ouvre_le:
        return PUBLIE
    return OUVERT if instant < calendrier.ferme_le else CLOS


def depot_est_possible(calendrier: Calendrier, instant: datetime, prolonge_jusqu_au: datetime | None = None) -> bool:
    """Vrai de l’ouverture comprise à la clôture exclue, ou à la fin exclue d’une prolongation plus tardive.

    Faux pour un brouillon, et dès que l’instruction commence, même pour un organisme qui a une prolongation.
    """
    if calendrier.etat not in RECOIVENT_DES_PROJETS or instant < calendrier.ouvre_le:
        return False
    if prolonge_jusqu_au is not None and instant < prolonge_jusqu_au:
        return True
    return calendrier.etat != CLOS and instant < calendrier.ferme_le
