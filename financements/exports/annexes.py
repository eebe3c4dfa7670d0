"""Les annexes annuelles en fichier : une feuille et son total, ou un CSV pour tableurs."""

from typing import Any, BinaryIO

from config.socle.classeur import Feuille, Formule
from financements.chiffres.exports.annexes import Annexe
from financements.exports.feuille import ecrire_la_feuille


def ecrire_l_annexe(fichier: BinaryIO, annexe: Annexe, extension: str) -> None:
    """Écrit dans `fichier`. Lève `ExportIncomplet` si les données changent : ce qui est écrit est à jeter."""
    ecrire_la_feuille(fichier, _feuille(annexe), extension)


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
