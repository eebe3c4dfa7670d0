"""Écrire un tableau : ses colonnes, et le CSV au fil de l’eau. Les classeurs : `classeur_xlsx`, `classeur_ods`.

Un texte tapé par quelqu’un ne devient jamais une formule : précédé d’une apostrophe dans un CSV, qu’un tableur
interprète ; écrit tel quel, comme texte, dans un classeur.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
PARIS = ZoneInfo("Europe/Paris")
MARQUE_UTF8 = "\ufeff"  # sans elle, les tableurs lisent le fichier en Windows-1252
PAR_LOT = 500  # rangées par morceau envoyé
DEBUTS_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Genre(Enum):
    """Ce qu’une colonne contient ; la valeur est le format de nombre du classeur."""

    TEXTE = "@"
    ENTIER = "0"
    MONTANT = "#,##0.00"  # la virgule groupe les milliers ; chaque tableur l’écrit dans sa langue
    NOMBRE = "0.00"
    JOUR = "dd/mm/yyyy"
    INSTANT = "dd/mm/yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class Champ:
    """Une colonne : son en-tête, son genre, sa largeur dans le classeur (en caractères)."""

    libelle: str
    genre: Genre = Genre.TEXTE
    largeur: int = 18
    est_calculee: bool = False  # chaque case est une `Formule` ; dans un classeur seulement


def neutraliser(texte: str) -> str:
    """Un texte qu’un tableur prendrait pour une formule reçoit une apostrophe en tête."""
    return f"'{texte}" if texte.startswith(DEBUTS_DE_FORMULE) else texte


def _texte(valeur: Any) -> str:
    return neutraliser(str(valeur))


def _a_virgule(valeur: Decimal) -> str:
    return str(valeur).replace(".", ",")


def _instant(valeur: datetime) -> str:
    return f"{valeur.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"


def _jour(valeur: date) -> str:
    return f"{valeur.day:02}/{valeur.month:02}/{valeur.year:04}"


EN_CSV: dict[Genre, Callable[[Any], str]] = {
    Genre.TEXTE: _texte,
    Genre.ENTIER: str,
    Genre.MONTANT: _a_virgule,
    Genre.NOMBRE: _a_virgule,
    Genre.JOUR: _jour,
    Genre.INSTANT: _instant,
}


def par_lots(suite: Iterable[T], taille: int = PAR_LOT) -> Iterator[list[T]]:
    """La suite en listes d’au plus `taille` éléments, lues l’une après l’autre."""
    lue = iter(suite)
    while lot := list(islice(lue, taille)):
        yield lot


def csv_au_fil(champs: Sequence[Champ], rangees: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Le fichier par morceaux : « ; », UTF-8 avec sa marque, montants à virgule, jours et heures à la française.

    `rangees` : une valeur par champ, None pour une case vide. Rien n’est gardé en mémoire au-delà d’un lot.
    """
    tampon = io.StringIO()
    plume = csv.writer(tampon, delimiter=";")
    ecrits = [EN_CSV[champ.genre] for champ in champs]
    tampon.write(MARQUE_UTF8)
    plume.writerow([champ.libelle for champ in champs])
    yield _vider(tampon)
    for lot in par_lots(rangees):
        plume.writerows(
            ["" if v is None else ecrit(v) for ecrit, v in zip(ecrits, rangee, strict=True)] for rangee in lot
        )
        yield _vider(tampon)


def _vider(tampon: io.StringIO) -> bytes:
    ecrit = tampon.getvalue().encode()
    tampon.seek(0)
    tampon.truncate()
    return ecrit
