"""Ce qu’un classeur contient, quel que soit son format : des feuilles, leurs colonnes, leurs rangées, leur total."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from config.socle.ecriture import Champ

LETTRES = 26


@dataclass(frozen=True, slots=True)
class Formule:
    """Une case calculée par le tableur sur des cases qui se suivent, en colonne ou en ligne.

    `fonction` : SUM ou COUNT ; rangs comptés de zéro, l’en-tête est la ligne 0 ; `feuille` : vide, la sienne ;
    `valeur` : ce qu’elle vaut, lu par qui n’ouvre pas le fichier dans un tableur.
    """

    fonction: str
    valeur: Decimal | int
    premiere: tuple[int, int]
    derniere: tuple[int, int]
    feuille: str = ""

    @property
    def bornes(self) -> tuple[str, str]:
        """« B2 » et « B25 »."""
        return case(*self.premiere), case(*self.derniere)


@dataclass(frozen=True, slots=True)
class Feuille:
    """Un en-tête, des rangées lues une seule fois, et au besoin une ligne de total puis des notes.

    `pied` : une valeur par champ (`Formule`, texte, None). `figees` : colonnes qui restent à l’écran.
    """

    nom: str
    champs: Sequence[Champ]
    rangees: Iterable[Sequence[Any]]
    pied: Sequence[Any] = ()
    notes: Sequence[str] = ()
    figees: int = 0


def case(ligne: int, colonne: int) -> str:
    """(0, 0) → « A1 », (4, 27) → « AB5 »."""
    nom, reste = "", colonne + 1
    while reste:
        reste, rang = divmod(reste - 1, LETTRES)
        nom = chr(ord("A") + rang) + nom
    return f"{nom}{ligne + 1}"
