"""Le délai au bout duquel le silence du service vaut rejet, tel que l’instruction le lit. Ni base ni horloge."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from projets.rules.depot import Suspension, rejet_implicite_le

ALERTE = 15  # jours avant le rejet implicite : on prévient l’instruction


@dataclass(frozen=True, slots=True)
class DelaiDeRejet:
    """Le jour du rejet implicite ; `jours` : ceux qui restent, négatif une fois passé ; `suspendu` : en jours."""

    rejet_le: date
    jours: int
    suspendu: int

    @property
    def est_passe(self) -> bool:
        """Le silence a valu rejet."""
        return self.jours < 0

    @property
    def est_proche(self) -> bool:
        """Quinze jours au plus, passé compris : le ton de l’alerte."""
        return self.jours <= ALERTE


def delai_de_rejet(recu: date, suspensions: Iterable[Suspension], aujourd_hui: date) -> DelaiDeRejet:
    """Le délai d’un projet reçu ce jour-là (CRPA, art. L231-4), ses demandes de pièces comptées (art. L114-5)."""
    rejet_le = rejet_implicite_le(recu, suspensions)
    return DelaiDeRejet(rejet_le, (rejet_le - aujourd_hui).days, (rejet_le - rejet_implicite_le(recu)).days)
