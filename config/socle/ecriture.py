"""Écrire un tableau : CSV au fil de l’eau, classeur XLSX à mémoire constante. Les mêmes colonnes pour les deux.

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
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

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


def csv_au_fil(champs: Sequence[Champ], rangees: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Le fichier par morceaux : « ; », UTF-8 avec sa marque, montants à virgule, jours et heures à la française.

    `rangees` : une valeur par champ, None pour une case vide. Rien n’est gardé en mémoire au-delà d’un lot.
    """
    tampon = io.StringIO()
    plume = csv.writer(tampon, delimiter=";")
    ecrits = [EN_CSV[champ.genre] for champ in champs]
    suite = iter(rangees)
    tampon.write(MARQUE_UTF8)
    plume.writerow([champ.libelle for champ in champs])
    while True:
        yield tampon.getvalue().encode()
        tampon.seek(0)
        tampon.truncate()
        lot = list(islice(suite, PAR_LOT))
        if not lot:
            return
        plume.writerows(
            ["" if v is None else ecrit(v) for ecrit, v in zip(ecrits, rangee, strict=True)] for rangee in lot
        )


def ecrire_le_classeur(fichier: Any, feuille: str, champs: Sequence[Champ], rangees: Iterable[Sequence[Any]]) -> int:
    """Écrit un classeur XLSX dans `fichier` (ouvert en écriture) ; rend le nombre de rangées sous l’en-tête.

    Cases typées, en-tête figé. Les rangées déjà écrites ne restent pas en mémoire.
    """
    options = {"constant_memory": True, "default_date_format": Genre.JOUR.value}
    with xlsxwriter.Workbook(fichier, options) as classeur:
        page = classeur.add_worksheet(feuille)
        gras = classeur.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {genre: classeur.add_format({"num_format": genre.value}) for genre in Genre}
        plumes = {
            Genre.TEXTE: page.write_string,
            Genre.ENTIER: page.write_number,
            Genre.MONTANT: page.write_number,
            Genre.NOMBRE: page.write_number,
            Genre.JOUR: page.write_datetime,
            Genre.INSTANT: lambda r, c, v, f: page.write_datetime(r, c, v.astimezone(PARIS).replace(tzinfo=None), f),
        }
        for colonne, champ in enumerate(champs):
            page.set_column(colonne, colonne, champ.largeur)
        for colonne, champ in enumerate(champs):
            page.write_string(0, colonne, champ.libelle, gras)
        page.freeze_panes(1, 0)
        outils = [(plumes[champ.genre], formats[champ.genre]) for champ in champs]
        nombre = 0
        for nombre, rangee in enumerate(rangees, start=1):
            for colonne, ((plume, forme), valeur) in enumerate(zip(outils, rangee, strict=True)):
                if valeur is not None:
                    plume(nombre, colonne, valeur, forme)
        page.autofilter(0, 0, max(nombre, 1), len(champs) - 1)
    return nombre
