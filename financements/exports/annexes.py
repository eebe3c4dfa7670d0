"""Les annexes annuelles en fichier : une feuille et son total, ou un CSV pour tableurs."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from config.socle.classeur import Feuille, Formule
from config.socle.classeur_ods import TYPE_ODS, ecrire_ods
from config.socle.classeur_xlsx import TYPE_XLSX, ecrire_xlsx
from config.socle.ecriture import csv_au_fil
from financements.chiffres.exports.annexes import Annexe

TYPES = {"xlsx": TYPE_XLSX, "ods": TYPE_ODS, "csv": "text/csv; charset=utf-8"}
LIBELLES = {"xlsx": "Classeur (XLSX)", "ods": "Classeur (ODS)", "csv": "CSV"}


def ecrire_l_annexe(fichier: BinaryIO, annexe: Annexe, extension: str) -> None:
    """Écrit dans `fichier`. Lève `ExportIncomplet` si les données changent : ce qui est écrit est à jeter."""
    _ECRIRE[extension](fichier, annexe)


def _feuille(annexe: Annexe) -> Feuille:
    nombre, *montants = annexe.compte
    rang, champs = annexe.forme.premier_montant, annexe.forme.champs
    sommes = [
        Formule("SUM", montant, (1, colonne), (nombre, colonne))
        for colonne, montant in enumerate(montants, start=rang)
    ]
    pied: list[Any] = ["Total", *[None] * (rang - 1), *sommes, *[None] * (len(champs) - rang - len(sommes))]
    notes = [f"{annexe.forme.titre}, exercice {annexe.exercice} ({annexe.forme.texte}). Tous appels à projets."]
    return Feuille("Annexe", champs, annexe.rangees(), pied if nombre else [], notes, figees=1)


def _csv(fichier: BinaryIO, annexe: Annexe) -> None:
    fichier.writelines(csv_au_fil(annexe.forme.champs, annexe.rangees()))


_ECRIRE: Mapping[str, Callable[[BinaryIO, Annexe], Any]] = {
    "xlsx": lambda fichier, annexe: ecrire_xlsx(fichier, [_feuille(annexe)]),
    "ods": lambda fichier, annexe: ecrire_ods(fichier, [_feuille(annexe)]),
    "csv": _csv,
}
