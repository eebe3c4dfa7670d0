"""Reconnaître, aux premiers octets, un classeur, du texte, ou ce qui n’est ni l’un ni l’autre et qu’on nomme."""

import zipfile
from collections.abc import Callable
from pathlib import PurePath

from config.socle.lecture.etendue import ABIME, PROTEGE
from config.socle.lecture.tableau import FichierIllisible

TEXTE_MAXIMUM = 50 * 1024 * 1024  # octets d’un CSV
MAGIE_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MAGIE_OLE = b"\xd0\xcf\x11\xe0"
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
MIMETYPE_MAXIMUM = 200  # octets
VIDE = "Le fichier est vide : il n’y a ni ligne d’en-têtes ni donnée."

CLASSEURS = {
    ".xlsx": "un classeur Excel",
    ".xlsm": "un classeur Excel",
    ".xls": "un classeur Excel",
    ".ods": "un classeur OpenDocument",
}
ENREGISTRER = "enregistrez-le en XLSX, en ODS ou en CSV"
DEPOSER = "déposez le tableau lui-même, en XLSX, ODS ou CSV"
MAGIES = {
    b"%PDF": ("un PDF", DEPOSER),
    b"{\\rtf": ("un document texte", DEPOSER),
    b"<": ("une page web ou du XML", f"ouvrez-le dans votre tableur, puis {ENREGISTRER}"),
}
FLUX_OLE = {  # nom d’un flux du fichier, en UTF-16 → ce qu’est le fichier
    "Workbook": "un classeur Excel d’un ancien format (.xls)",
    "Book": "un classeur Excel d’un ancien format (.xls)",
    "WordDocument": "un document Word d’un ancien format (.doc)",
}
MEMBRES_ZIP = {  # membre de l’archive → ce qu’est le fichier
    "xl/workbook.bin": ("un classeur XLSB", ENREGISTRER),
    "word/document.xml": ("un document Word", DEPOSER),
    "ppt/presentation.xml": ("une présentation PowerPoint", DEPOSER),
    "Index/Document.iwa": ("un document Numbers ou Pages", "exportez le tableau en XLSX ou en CSV"),
}


def juger_le_debut(debut: bytes, taille: int, entier: Callable[[], bytes], nom: str = "") -> bool:
    """Vrai pour un classeur, faux pour du texte, d’après les premiers octets. `FichierIllisible` si c’est autre chose.

    `taille` en octets ; `entier` : rend tout le contenu, n’est appelé que pour un ancien format ; `nom` : celui du
    fichier. Un classeur est reconnu sous n’importe quel nom ; du texte sous le nom d’un classeur est refusé, car il
    vient d’un enregistrement manqué et se lirait de travers.
    """
    if not taille:
        raise FichierIllisible(VIDE)
    if debut.startswith(MAGIE_ZIP):
        return True
    if debut.startswith(MAGIE_OLE):
        raise _refus_ole(entier(), nom)
    for magie, (nature, remede) in MAGIES.items():
        if _sans_debut_blanc(debut).startswith(magie):
            raise refus(nature, remede, nom)
    if PurePath(nom).suffix.lower() in CLASSEURS:
        est_texte = b"\x00" not in debut or debut.startswith((b"\xff\xfe", b"\xfe\xff"))
        nature = "du texte, peut-être un CSV renommé" if est_texte else "un fichier d’une autre nature"
        raise refus(nature, f"ouvrez-le dans votre tableur, puis {ENREGISTRER}", nom)
    if taille > TEXTE_MAXIMUM:
        raise FichierIllisible(
            f"Le fichier dépasse {TEXTE_MAXIMUM // 1024**2} Mio : découpez-le en plusieurs fichiers."
        )
    return False


def format_du_classeur(archive: zipfile.ZipFile, nom: str = "") -> str:
    """« XLSX » ou « ODS », d’après les membres de l’archive. `FichierIllisible` si c’est autre chose."""
    membres = set(archive.namelist())
    if "xl/workbook.xml" in membres:
        return "XLSX"
    mimetype = b""
    if "mimetype" in membres and archive.getinfo("mimetype").file_size <= MIMETYPE_MAXIMUM:
        mimetype = archive.read("mimetype")
    if mimetype == ODS:
        return "ODS"
    if "[Content_Types].xml" in membres and not membres & MEMBRES_ZIP.keys():
        raise FichierIllisible(ABIME)
    nature, remede = next((MEMBRES_ZIP[m] for m in MEMBRES_ZIP if m in membres), ("une archive zip", DEPOSER))
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        nature, remede = "un document OpenDocument qui n’est pas un classeur", DEPOSER
    raise refus(nature, remede, nom)


def refus(nature: str, remede: str, nom: str) -> FichierIllisible:
    """Le refus d’un fichier d’une autre nature, qui dit si son nom trompe."""
    extension = PurePath(nom).suffix.lower()
    if extension in CLASSEURS:
        return FichierIllisible(
            f"Ce fichier porte l’extension {extension} mais n’est pas {CLASSEURS[extension]} : c’est {nature}. "
            f"{remede[0].upper()}{remede[1:]}."
        )
    return FichierIllisible(f"Ce fichier est {nature} : {remede}.")


def _refus_ole(octets: bytes, nom: str) -> FichierIllisible:
    if "EncryptedPackage".encode("utf-16-le") in octets:
        return FichierIllisible(PROTEGE)
    trouves = (quoi for flux, quoi in FLUX_OLE.items() if flux.encode("utf-16-le") in octets)
    nature = next(trouves, "un classeur ou un document d’un ancien format")
    if "classeur" in nature:
        return FichierIllisible(f"Ce fichier est {nature} : {ENREGISTRER}.")
    return refus(nature, DEPOSER, nom)


def _sans_debut_blanc(debut: bytes) -> bytes:
    """Sans marque ni blancs de tête, pour du texte en UTF-16 aussi."""
    if debut.startswith((b"\xff\xfe", b"\xfe\xff")):
        debut = debut[:512].decode("utf-16", errors="ignore").encode()
    return debut.lstrip(b"\xef\xbb\xbf \t\r\n")
