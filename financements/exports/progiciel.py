"""Le fichier du progiciel financier : colonnes et formats d’un profil, en flux ; mêmes données, mêmes octets.

Un texte y va tel quel, sans l’apostrophe qui protège un tableur : c’est un progiciel qui le lit.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO

from comptes.rules.banque import iban_masque
from config.socle.ecriture import Genre, par_lots
from config.socle.lecture.erreurs import ErreurLigne, Releve
from config.socle.montants import en_centimes
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel, Ligne
from financements.exports.ecrit import Ecrit, FichierRefuse
from financements.models import ProfilDExport
from financements.rules.scdl import couper
from financements.states.echanges import COLONNES, IMPUTATION, Encodage, FormatDeMontant, SorteDeProfil

_TOUT_S_ECRIT = frozenset({Encodage.UTF8, Encodage.UTF8_MARQUE})
_DU_CLAVIER = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "})
Rendu = Callable[[Ligne], str]


def ecrire_l_envoi(fichier: BinaryIO, profil: ProfilDExport, donnees: EnvoiAuProgiciel) -> Ecrit:
    """Écrit le fichier dans `fichier`, ouvert en écriture ; rien ne reste en mémoire au-delà d’un lot.

    Lève `FichierRefuse` (caractère que l’encodage n’a pas, imputation ou compte bancaire qui manque) ou
    `ExportIncomplet` : ce qui est écrit est alors à jeter.
    """
    releve, resume, nombre = Releve(), hashlib.sha256(), 0
    plume, premiere = _Plume(profil), 1 + profil.avec_entete
    sans_ligne: list[Ligne] = []  # l’en-tête s’écrit d’abord, même sans aucune ligne après lui
    for lot in chain([sans_ligne], par_lots(donnees.lignes())):
        for rang, ligne in enumerate(lot, start=premiere + nombre):
            for faute in plume.manques(rang, ligne):
                releve.ajouter(faute.ligne, faute.colonne, faute.valeur, faute.attendu)
        octets = plume.octets(lot, premiere + nombre, releve, debut=lot is sans_ligne)
        nombre += len(lot)
        if not releve.erreurs:
            fichier.write(octets)
            resume.update(octets)
    if releve.erreurs:
        raise FichierRefuse(releve.par_ligne())
    return Ecrit(nombre, resume.hexdigest())


def apercu(profil: ProfilDExport, lignes: Iterable[Ligne]) -> str:
    """Les premières lignes du fichier, l’IBAN masqué ; un caractère impossible y est remplacé par « ? »."""
    plume = _Plume(profil, masquer=True)
    rangees = [*([profil.entetes] if profil.avec_entete else []), *(plume.rangee(ligne) for ligne in lignes)]
    sur = Encodage.UTF8 if profil.encodage == Encodage.UTF8_MARQUE else profil.encodage
    return plume.texte(rangees).encode(sur, "replace").decode(sur)


class _Plume:
    """Met une ligne à la forme d’un profil."""

    def __init__(self, profil: ProfilDExport, *, masquer: bool = False) -> None:
        self._profil = profil
        genres = COLONNES[SorteDeProfil(profil.sorte)]
        self._rendus = [_rendu(cle, genres[cle][1], profil, masquer=masquer) for cle in profil.cles]
        self._veut_l_imputation = next((cle for cle in profil.cles if cle in IMPUTATION), "")
        self._veut_l_iban = "iban" in profil.cles and profil.sorte == SorteDeProfil.LIQUIDATIONS

    def rangee(self, ligne: Ligne) -> list[str]:
        """Les cases de la ligne."""
        return [rendu(ligne) for rendu in self._rendus]

    def manques(self, rang: int, ligne: Ligne) -> Iterator[ErreurLigne]:
        """Ce sans quoi la ligne ne part pas."""
        if self._veut_l_imputation and ligne["manque"]:
            yield ErreurLigne(rang, self._veut_l_imputation, "", f"une imputation. {ligne['manque']}")
        if self._veut_l_iban and not ligne["iban"]:
            qui = f"{ligne['raison_sociale']}, action n° {ligne['numero_action']}"
            yield ErreurLigne(rang, "iban", "", f"le compte bancaire à créditer ({qui})")

    def texte(self, rangees: Iterable[list[str]]) -> str:
        """Le CSV de ces rangées."""
        tampon = io.StringIO()
        csv.writer(tampon, delimiter=self._profil.separateur).writerows(rangees)
        return tampon.getvalue()

    def octets(self, lot: list[Ligne], premiere: int, releve: Releve, *, debut: bool) -> bytes:
        """Le lot encodé ; un caractère impossible est relevé, avec sa ligne et sa colonne."""
        rangees = [self.rangee(ligne) for ligne in lot]
        entete = [self._profil.entetes] if debut and self._profil.avec_entete else []
        encodage = self._profil.encodage if debut or self._profil.encodage != Encodage.UTF8_MARQUE else Encodage.UTF8
        try:
            return self.texte([*entete, *rangees]).encode(encodage)
        except UnicodeEncodeError:
            for rang, cases in enumerate([*entete, *rangees], start=premiere - len(entete)):
                self._relever(rang, cases, encodage, releve)
            return b""

    def _relever(self, rang: int, cases: list[str], encodage: str, releve: Releve) -> None:
        for cle, case in zip(self._profil.cles, cases, strict=True):
            try:
                case.encode(encodage)
            except UnicodeEncodeError as refus:
                nom = self._profil.get_encodage_display()
                attendu = f"des caractères que l’encodage {nom} connaît : « {case[refus.start]} » n’en est pas"
                releve.ajouter(rang, cle, case, attendu)


def _rendu(cle: str, genre: Genre, profil: ProfilDExport, *, masquer: bool) -> Rendu:
    lisible = _tel_quel if profil.encodage in _TOUT_S_ECRIT else _sans_typographie
    if cle == "budget":
        return lambda _ligne: profil.budget
    if cle == "objet":
        return lambda ligne: lisible(couper(ligne[cle], profil.longueur_objet, suite=""))
    if cle == "iban" and masquer:
        return lambda ligne: iban_masque(ligne[cle]) if ligne[cle] else ""
    forme = _FORMES[genre](profil) if genre in _FORMES else lambda valeur: lisible(" ".join(str(valeur).split()))
    return lambda ligne: "" if ligne[cle] is None else forme(ligne[cle])


def _tel_quel(texte: str) -> str:
    return texte


def _sans_typographie(texte: str) -> str:
    """L’apostrophe, les tirets et les espaces d’imprimerie en ceux du clavier : les vieux encodages les ignorent."""
    return texte.translate(_DU_CLAVIER)


def _jour(profil: ProfilDExport) -> Callable[[date], str]:
    return lambda jour: jour.strftime(profil.format_date)


def _montant(profil: ProfilDExport) -> Callable[[Decimal], str]:
    if profil.format_montant == FormatDeMontant.CENTIMES:
        return lambda montant: str(en_centimes(montant))
    if profil.format_montant == FormatDeMontant.POINT:
        return str
    return lambda montant: str(montant).replace(".", ",")


_FORMES: dict[Genre, Callable[[ProfilDExport], Callable[[Any], str]]] = {
    Genre.JOUR: _jour,
    Genre.MONTANT: _montant,
}
