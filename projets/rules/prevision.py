"""Quand l’instruction finira, au rythme des dernières semaines. Ni base ni horloge.

Règle, dite telle quelle à l’écran : ce qui reste, divisé par la moyenne des quatre dernières semaines entières. Moins
de quatre semaines de recul, ou rien de fait pendant ces quatre-là : on n’annonce rien.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

SEMAINES_DE_RECUL = 4
UNE_SEMAINE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Semaine:
    """Ce qui a été fini dans la semaine qui commence ce lundi."""

    lundi: date
    finis: int


@dataclass(frozen=True, slots=True)
class Prevision:
    """`restants` : projets à finir ; `par_semaine` : moyenne retenue ; `fin` : None s’il n’y a pas assez de recul."""

    restants: int
    par_semaine: Fraction
    fin: date | None

    @property
    def moyenne(self) -> Decimal:
        """La moyenne par semaine, à écrire."""
        return Decimal(self.par_semaine.numerator) / self.par_semaine.denominator

    @property
    def est_finie(self) -> bool:
        """Plus rien ne reste."""
        return self.restants == 0


def lundi_de(jour: date) -> date:
    """Le lundi de la semaine de ce jour."""
    return jour - timedelta(days=jour.weekday())


def semaines(finis: Mapping[date, int], aujourd_hui: date, nombre: int) -> list[Semaine]:
    """Les `nombre` dernières semaines, celle d’aujourd’hui comprise, même sans rien. `finis` : par lundi."""
    courante = lundi_de(aujourd_hui)
    lundis = [courante - UNE_SEMAINE * ecart for ecart in range(nombre - 1, -1, -1)]
    return [Semaine(lundi, finis.get(lundi, 0)) for lundi in lundis]


def prevoir(restants: int, passees: Sequence[Semaine], debut: date | None, aujourd_hui: date) -> Prevision:
    """La fin prévue. `passees` : les semaines dans l’ordre, la semaine en cours comprise ; `debut` : premier dépôt.

    La semaine en cours ne compte pas : elle n’est pas finie. Restant nul : la fin est aujourd’hui.
    """
    courante = lundi_de(aujourd_hui)
    entieres = [semaine for semaine in passees if semaine.lundi < courante][-SEMAINES_DE_RECUL:]
    moyenne = Fraction(sum(semaine.finis for semaine in entieres), SEMAINES_DE_RECUL)
    if restants == 0:
        return Prevision(0, moyenne, aujourd_hui)
    a_du_recul = debut is not None and lundi_de(debut) <= courante - UNE_SEMAINE * SEMAINES_DE_RECUL
    if not (a_du_recul and moyenne):
        return Prevision(restants, moyenne, None)
    jours = -(-restants * 7 // moyenne)  # arrondi au jour au-dessus : on n’annonce jamais plus tôt
    return Prevision(restants, moyenne, aujourd_hui + timedelta(days=int(jours)))
