"""Les aides de minimis d’une entreprise : le cumul sur la période, et ce que le plafond laisse. Ni base ni horloge.

Jusqu’à la fin de 2023, sur trois exercices (règlements 1407/2013 et 360/2012) ; depuis le 1er janvier 2024, sur trois
années glissantes (règlements 2023/2831 et 2023/2832). Montants en centimes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ANNEES = 3  # la période, en exercices ou en années glissantes


@dataclass(frozen=True, slots=True)
class Seuil:
    """Un plafond (centimes), pour les aides accordées de `du` à `au` (None : jusqu’au suivant du régime)."""

    regime: str
    du: date
    au: date | None
    plafond: int
    est_glissant: bool

    def vaut(self, jour: date) -> bool:
        """Vrai s’il a pris effet ce jour-là et n’est pas échu."""
        return self.du <= jour and (self.au is None or jour <= self.au)

    def debut_de_periode(self, jour: date) -> date:
        """Le premier jour dont les aides comptent, pour une aide accordée ce jour-là."""
        if self.est_glissant:
            return _annees_avant(jour) + timedelta(days=1)
        return date(jour.year - ANNEES + 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Aide:
    """Une aide de minimis (centimes), au jour où elle a été accordée."""

    regime: str
    accordee_le: date
    montant: int


@dataclass(frozen=True, slots=True)
class Cumul:
    """Ce qui est reçu du `du` au `jour`, et le plafond (centimes)."""

    regime: str
    du: date
    jour: date
    montant: int
    plafond: int

    @property
    def reste(self) -> int:
        """Ce qui peut encore être accordé ce jour-là ; zéro au-delà du plafond."""
        return max(0, self.plafond - self.montant)

    @property
    def est_depasse(self) -> bool:
        """Vrai si le plafond est dépassé ; l’atteindre est permis."""
        return self.montant > self.plafond


def _annees_avant(jour: date) -> date:
    """Le même quantième trois ans plus tôt ; un 29 février devient le 28."""
    try:
        return jour.replace(year=jour.year - ANNEES)
    except ValueError:
        return jour.replace(year=jour.year - ANNEES, day=28)


def seuil_du(seuils: Iterable[Seuil], regime: str, jour: date) -> Seuil | None:
    """Le seuil de ce régime ce jour-là, le dernier à prendre effet ; None si aucun n’est connu."""
    valables = [seuil for seuil in seuils if seuil.regime == regime and seuil.vaut(jour)]
    return max(valables, key=lambda seuil: seuil.du, default=None)


def cumul(aides: Iterable[Aide], seuils: Sequence[Seuil], regime: str, jour: date) -> Cumul | None:
    """Le cumul d’un régime ce jour-là, None sans seuil connu."""
    seuil = seuil_du(seuils, regime, jour)
    if seuil is None:
        return None
    debut = seuil.debut_de_periode(jour)
    somme = sum(a.montant for a in aides if a.regime == regime and debut <= a.accordee_le <= jour)
    return Cumul(regime, debut, jour, somme, seuil.plafond)


def pire_cumul(aides: Sequence[Aide], seuils: Sequence[Seuil], regime: str) -> Cumul | None:
    """Celui du jour où le plafond a été le plus près, ou le plus loin, d’être dépassé ; None sans aide ni seuil."""
    jours = sorted({a.accordee_le for a in aides if a.regime == regime})
    cumuls = [un for jour in jours if (un := cumul(aides, seuils, regime, jour)) is not None]
    return max(cumuls, key=lambda un: (un.montant - un.plafond, un.jour), default=None)
