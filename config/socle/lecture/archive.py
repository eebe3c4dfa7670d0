"""Contrôler un classeur (archive zip) avant de le confier au lecteur : taille réelle, chiffrement, étendue.

Le lecteur de classeurs range une feuille dans un tableau plein : une seule cellule remplie en XFD1048576, ou une ligne
ODS « répétée un million de fois », lui ferait demander des centaines de gigaoctets. L’étendue est donc mesurée ici, au
fil de la décompression, sans rien garder en mémoire.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from config.socle.lecture.tableau import COLONNES_MAXIMUM, FichierIllisible

DECOMPRESSE_MAXIMUM = 100 * 1024 * 1024  # octets
MEMBRES_MAXIMUM = 2_000
LIGNES_MAXIMUM = 100_000
CASES_MAXIMUM = 3_000_000
SANS_FIN = 1 << 40  # octets
MORCEAU = 1024 * 1024  # octets
CHIFFRE = 0x1  # bit du zip

ODS = "application/vnd.oasis.opendocument.spreadsheet"
PROTEGE = "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."
ABIME = (
    "Le fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis recommencez."
)

_XLSX = re.compile(rb"<(?:\w+:)?(row|c)((?:\s[^<>]*?)?)(/?)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_ODS = re.compile(rb"<(table:table|table:table-row|table:table-cell|table:covered-table-cell)((?:\s[^<>]*?)?)(/?)>")
_REPETE = re.compile(rb"""\stable:number-(?:rows|columns)-repeated\s*=\s*["']([^"']*)["']""")


class Etendue(Protocol):
    """Suit l’étendue d’une feuille pendant que son XML défile."""

    motif: re.Pattern[bytes]

    def voir(self, balise: re.Match[bytes]) -> None:
        """Tenir compte d’une balise. `FichierIllisible` si l’étendue dépasse les limites."""


def _verifier(ligne: int, colonne: int) -> None:
    if ligne > LIGNES_MAXIMUM or colonne > COLONNES_MAXIMUM or ligne * colonne > CASES_MAXIMUM:
        raise FichierIllisible(
            f"La feuille s’étend jusqu’à la ligne {ligne} et la colonne {colonne} : un import accepte "
            f"{LIGNES_MAXIMUM} lignes et {COLONNES_MAXIMUM} colonnes au plus. "
            "Supprimez ce qui est écrit loin du tableau, puis recommencez."
        )


def _entier(texte: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,7}", texte):
        raise FichierIllisible(ABIME)
    return int(texte)


class EtendueXlsx:
    """Feuille XLSX : l’adresse de chaque cellule écrite (`<c r="B12">`), ou sa place si l’adresse manque."""

    motif = _XLSX

    def __init__(self) -> None:
        self.ligne = self.colonne = self.ligne_max = self.colonne_max = 0

    def voir(self, balise: re.Match[bytes]) -> None:
        nature, attributs, fermee = balise.groups()
        reference = _REFERENCE.search(attributs)
        if nature == b"row":
            self.ligne = _entier(reference[1]) if reference else self.ligne + 1
            self.colonne = 0
            return
        self.colonne += 1
        if reference:
            self._aller(reference[1])
        if not fermee:
            self.ligne_max, self.colonne_max = max(self.ligne_max, self.ligne), max(self.colonne_max, self.colonne)
            _verifier(self.ligne_max, self.colonne_max)

    def _aller(self, adresse: bytes) -> None:
        decoupe = re.fullmatch(rb"([A-Z]{1,3})([0-9]{1,7})", adresse)
        if decoupe is None:
            raise FichierIllisible(ABIME)
        self.colonne = 0
        for lettre in decoupe[1]:
            self.colonne = self.colonne * 26 + lettre - ord("A") + 1
        self.ligne = int(decoupe[2])


class EtendueOds:
    """Feuille ODS : lignes et cellules répétées ; celles qui sont vides en bout de ligne ne comptent pas."""

    motif = _ODS

    def __init__(self) -> None:
        self.ligne = self.colonne = self.repetition = self.colonne_max = 0

    def voir(self, balise: re.Match[bytes]) -> None:
        nature, attributs, fermee = balise.groups()
        repetition = _REPETE.search(attributs)
        fois = _entier(repetition[1]) if repetition else 1
        if nature == b"table:table":
            self.ligne = self.colonne = self.repetition = self.colonne_max = 0
        elif nature == b"table:table-row":
            self.ligne += self.repetition
            self.repetition, self.colonne = fois, 0
        else:
            self.colonne += fois
            if not fermee or b"value" in attributs:
                self.colonne_max = max(self.colonne_max, self.colonne)
                _verifier(self.ligne + self.repetition, self.colonne_max)


def controler_archive(chemin: Path) -> str:
    """Le format du classeur, « XLSX » ou « ODS ». `FichierIllisible` s’il est autre, chiffré, abîmé ou démesuré."""
    try:
        with zipfile.ZipFile(chemin) as archive:
            format_ = _format(archive)
            _parcourir(archive, format_)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, KeyError) as erreur:
        raise FichierIllisible(ABIME) from erreur
    return format_


def _format(archive: zipfile.ZipFile) -> str:
    noms = set(archive.namelist())
    if len(noms) > MEMBRES_MAXIMUM:
        raise FichierIllisible(ABIME)
    if "xl/workbook.xml" in noms:
        return "XLSX"
    if "mimetype" in noms and archive.getinfo("mimetype").file_size == len(ODS):
        with archive.open("mimetype") as flux:
            if flux.read(len(ODS)) == ODS.encode():
                return "ODS"
    if "xl/workbook.bin" in noms:
        raise FichierIllisible("Le fichier est un classeur XLSB : enregistrez-le au format XLSX, ODS ou CSV.")
    raise FichierIllisible("Ce fichier n’est pas un tableau : déposez un classeur XLSX ou ODS, ou un fichier CSV.")


def _parcourir(archive: zipfile.ZipFile, format_: str) -> None:
    reste = DECOMPRESSE_MAXIMUM
    for membre in archive.infolist():
        if membre.flag_bits & CHIFFRE:
            raise FichierIllisible(PROTEGE)
        if membre.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise FichierIllisible(ABIME)
        # La taille annoncée peut mentir : on lit comme si elle était sans fin et on compte ce qui sort vraiment.
        membre.file_size = SANS_FIN
        etendue: Etendue = EtendueXlsx() if format_ == "XLSX" else EtendueOds()
        for morceau in _xml(archive, membre):
            reste -= len(morceau)
            if reste < 0:
                taille = DECOMPRESSE_MAXIMUM // MORCEAU
                raise FichierIllisible(
                    f"Le classeur décompressé dépasse {taille} Mio : découpez-le en plusieurs fichiers."
                )
            if format_ == "ODS" and b"<manifest:encryption-data" in morceau:
                raise FichierIllisible(PROTEGE)
            for balise in etendue.motif.finditer(morceau):
                etendue.voir(balise)


def _xml(archive: zipfile.ZipFile, membre: zipfile.ZipInfo) -> Iterator[bytes]:
    """Le membre décompressé, coupé seulement devant un « < » pour qu’aucune balise ne soit en deux morceaux."""
    attente = b""
    with archive.open(membre) as flux:
        while lu := flux.read(MORCEAU):
            attente += lu
            coupe = attente.rfind(b"<")
            if coupe > 0:
                yield attente[:coupe]
                attente = attente[coupe:]
            elif len(attente) > 2 * MORCEAU:  # image ou très long texte : aucune balise à attendre
                yield attente
                attente = b""
    yield attente
