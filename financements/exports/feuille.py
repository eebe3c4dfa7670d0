"""Un tableau d’une feuille en fichier : classeur XLSX ou ODS, ou CSV pour tableurs (sans total ni notes)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, TypeVar

from config.socle.classeur import Feuille
from config.socle.classeur_ods import TYPE_ODS, ecrire_ods
from config.socle.classeur_xlsx import TYPE_XLSX, ecrire_xlsx
from config.socle.ecriture import csv_au_fil
from projets.chiffres.export_de_l_instruction import ExportIncomplet

T = TypeVar("T")

TYPES = {"xlsx": TYPE_XLSX, "ods": TYPE_ODS, "csv": "text/csv; charset=utf-8"}
LIBELLES = {"xlsx": "Classeur (XLSX)", "ods": "Classeur (ODS)", "csv": "CSV"}


def au_compte(lignes: Iterable[T], nombre: int) -> Iterator[T]:
    """Les lignes une à une. Lève `ExportIncomplet` à la fin si elles ne font pas le nombre annoncé."""
    lues = 0
    for lues, ligne in enumerate(lignes, start=1):  # noqa: B007 (lu après la boucle)
        yield ligne
    if lues != nombre:
        raise ExportIncomplet(f"{lues} lignes au lieu de {nombre} annoncées")


def ecrire_la_feuille(fichier: BinaryIO, feuille: Feuille, extension: str) -> None:
    """Écrit dans `fichier` ; `extension` : une clé de `TYPES`. Ce que lèvent les rangées remonte."""
    _ECRIRE[extension](fichier, feuille)


_ECRIRE: Mapping[str, Callable[[BinaryIO, Feuille], Any]] = {
    "xlsx": lambda fichier, feuille: ecrire_xlsx(fichier, [feuille]),
    "ods": lambda fichier, feuille: ecrire_ods(fichier, [feuille]),
    "csv": lambda fichier, feuille: fichier.writelines(csv_au_fil(feuille.champs, feuille.rangees)),
}
