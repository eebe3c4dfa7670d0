"""Contrôler un classeur (archive zip) avant de le confier au lecteur : taille réelle, chiffrement, étendue, XML.

Le lecteur de classeurs range une feuille dans un tableau plein : une seule cellule remplie en XFD1048576, ou une ligne
ODS « répétée un million de fois », lui ferait demander des centaines de gigaoctets ; un XML mal fermé le ferait
tourner sans fin. Tout est donc lu une première fois ici, au fil de la décompression, sans rien garder en mémoire que
les cellules que ce lecteur rendrait vides (`cellules_perdues`).
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from config.socle.lecture.cellules_perdues import CellulesPerdues
from config.socle.lecture.etendue import ABIME, PROTEGE, exiger
from config.socle.lecture.etendue_ods import EtendueOds
from config.socle.lecture.etendue_xlsx import CLASSEUR, XML, EtendueXlsx
from config.socle.lecture.nature import format_du_classeur
from config.socle.lecture.tableau import FichierIllisible

DECOMPRESSE_MAXIMUM = 100 * 1024 * 1024  # octets
MEMBRES_MAXIMUM = 2_000
SANS_FIN = 1 << 40  # octets
MORCEAU = 1024 * 1024  # octets
CHIFFRE = 0x1  # bit du zip


def controler_archive(chemin: Path, nom: str = "") -> tuple[str, CellulesPerdues]:
    """Le format du classeur, « XLSX » ou « ODS », et ses cellules perdues. `nom` : celui du fichier, pour le dire.

    `FichierIllisible` s’il est d’un autre format, chiffré, abîmé ou démesuré.
    """
    perdues = CellulesPerdues()
    try:
        with zipfile.ZipFile(chemin) as archive:
            format_ = format_du_classeur(archive, nom)
            _parcourir(archive, format_, perdues)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, LookupError) as erreur:
        raise FichierIllisible(ABIME) from erreur
    return format_, perdues


def _parcourir(archive: zipfile.ZipFile, format_: str, perdues: CellulesPerdues) -> None:
    """La description du classeur d’abord : elle dit s’il faut croire les résultats de ses formules."""
    membres = sorted(archive.infolist(), key=lambda piece: piece.filename.lower() != CLASSEUR)
    exiger(est_juste=len(membres) <= MEMBRES_MAXIMUM)
    reste = DECOMPRESSE_MAXIMUM
    for piece in membres:
        if piece.flag_bits & CHIFFRE:
            raise FichierIllisible(PROTEGE)
        exiger(est_juste=piece.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
        analyse = _analyse(format_, piece.filename, perdues) if piece.filename.lower().endswith(XML) else None
        for morceau in _decompresser(archive, piece):
            reste -= len(morceau)
            if reste < 0:
                taille = f"{DECOMPRESSE_MAXIMUM // MORCEAU} Mio"
                raise FichierIllisible(
                    f"Le classeur décompressé dépasse {taille} : découpez-le en plusieurs fichiers."
                )
            if analyse:
                analyse.Parse(morceau, False)  # noqa: FBT003 (signature d’expat)
        if analyse:
            analyse.Parse(b"", True)  # noqa: FBT003


def _decompresser(archive: zipfile.ZipFile, piece: zipfile.ZipInfo) -> Iterator[bytes]:
    # La taille annoncée peut mentir : on lit comme si elle était sans fin, l’appelant compte ce qui sort vraiment.
    piece.file_size = SANS_FIN
    with archive.open(piece) as flux:
        while morceau := flux.read(MORCEAU):
            yield morceau


def _analyse(format_: str, lieu: str, perdues: CellulesPerdues) -> expat.XMLParserType:
    """Un analyseur qui suit l’étendue ; un DOCTYPE (réservoir d’entités) n’a rien à faire dans un classeur."""
    analyse = expat.ParserCreate()
    analyse.buffer_text = True
    etendue = (EtendueXlsx if format_ == "XLSX" else EtendueOds)(analyse, lieu, perdues)
    analyse.StartElementHandler = etendue.ouvrir

    def refuser(*_args: object) -> None:
        raise FichierIllisible(ABIME)

    analyse.StartDoctypeDeclHandler = refuser
    return analyse
