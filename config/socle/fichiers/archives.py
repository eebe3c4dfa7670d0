"""Les pièges d’un document de bureau, qui est une archive : bombes, macros, chiffrement, entités XML."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from config.socle.fichiers.contenu import ENTREES_AU_PLUS
from config.socle.fichiers.defauts import ILLISIBLE, PROTEGE, Defaut

DECOMPRESSE_MAXIMUM = 200 * 1024 * 1024  # octets, toutes entrées
TAUX_MAXIMUM = 200  # octets rendus par octet compressé, au-delà des premiers 10 Mio
TAUX_LIBRE = 10 * 1024 * 1024  # octets : un petit fichier très répétitif n’est pas une bombe
MORCEAU = 1024 * 1024  # octets
SANS_FIN = 1 << 40  # octets
CHIFFRE = 0x1  # bit du zip
XML = (".xml", ".rels")
MANIFESTE = "META-INF/manifest.xml"
MACROS = ("vbaproject.bin", "vbadata.xml")
DOSSIERS_ACTIFS = ("basic/", "scripts/", "word/activex/", "xl/activex/", "xl/macrosheets/")
BOMBE = "se décompresse en un volume démesuré. Ce n’est pas un document ordinaire : il n’est pas reçu."
ACTIF = "contient des macros ou des éléments actifs. Enregistrez-le sans macros (docx, xlsx, odt, ods), ou en PDF."


def controler_archive(fichier: BinaryIO) -> None:
    """Lit chaque entrée jusqu’au bout, sans rien garder. Lève `Defaut`. Le fichier revient à son début."""
    try:
        with zipfile.ZipFile(fichier) as archive:
            _controler_les_noms(archive)
            _controler_les_contenus(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as erreur:
        raise Defaut(ILLISIBLE) from erreur
    finally:
        fichier.seek(0)


def _controler_les_noms(archive: zipfile.ZipFile) -> None:
    pieces = archive.infolist()
    if len(pieces) > ENTREES_AU_PLUS:
        raise Defaut(BOMBE)
    if any(piece.flag_bits & CHIFFRE for piece in pieces):
        raise Defaut(PROTEGE)
    noms = [piece.filename.lower() for piece in pieces]
    if any(nom.endswith(MACROS) or nom.startswith(DOSSIERS_ACTIFS) for nom in noms):
        raise Defaut(ACTIF)
    if any(nom.startswith("/") or ".." in nom.split("/") for nom in noms):
        raise Defaut(ILLISIBLE)


def _controler_les_contenus(archive: zipfile.ZipFile) -> None:
    total = 0
    compresse = sum(piece.compress_size for piece in archive.infolist())
    for piece in archive.infolist():
        est_xml, debut = piece.filename.lower().endswith(XML), b""
        for morceau in _decompresser(archive, piece):
            total += len(morceau)
            if total > DECOMPRESSE_MAXIMUM or total > max(TAUX_LIBRE, compresse * TAUX_MAXIMUM):
                raise Defaut(BOMBE)
            if est_xml:
                _controler_le_xml(piece.filename, debut[-16:] + morceau)
                debut = morceau
        if piece.filename == "[Content_Types].xml" and b"macroenabled" in debut.lower():
            raise Defaut(ACTIF)


def _controler_le_xml(nom: str, texte: bytes) -> None:
    """Une déclaration de type est un réservoir d’entités ; seul le manifeste des vieux OpenOffice en a une, inerte."""
    if b"<!ENTITY" in texte or (b"<!DOCTYPE" in texte and nom != MANIFESTE):
        raise Defaut(ILLISIBLE)


def _decompresser(archive: zipfile.ZipFile, piece: zipfile.ZipInfo) -> Iterator[bytes]:
    # La taille annoncée peut mentir : on lit comme si elle était sans fin, et l’appelant compte ce qui sort vraiment.
    piece.file_size = SANS_FIN
    with archive.open(piece) as flux:
        while morceau := flux.read(MORCEAU):
            yield morceau
