"""Un fichier reçu : son nom rendu sûr, son type lu dans son contenu et non dans son nom."""

import re
import unicodedata
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

PDF, DOCX, XLSX, ODT, ODS, JPEG, PNG = "pdf", "docx", "xlsx", "odt", "ods", "jpg", "png"
LONGUEUR_DU_NOM = 100
ENTREES_AU_PLUS = 5_000  # un document de bureau en a quelques dizaines
MIMETYPE_AU_PLUS = 100  # octets
_ODF = {b"application/vnd.oasis.opendocument.text": ODT, b"application/vnd.oasis.opendocument.spreadsheet": ODS}
_DEBUTS = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))


def nom_sur(nom: str) -> str:
    """Le nom sans chemin, sans caractère de commande ni de sens caché, d’au plus 100 caractères, extension gardée."""
    dernier = re.split(r"[/\\]", unicodedata.normalize("NFC", nom))[-1]
    visibles = "".join(c for c in dernier if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    base, point, extension = re.sub(r"\s+", " ", visibles).strip().rstrip(" .").rpartition(".")
    if not point:
        return extension[:LONGUEUR_DU_NOM] or "fichier"
    extension = extension[:10]
    return f"{base[: LONGUEUR_DU_NOM - len(extension) - 1].rstrip() or 'fichier'}.{extension}"


def type_du_contenu(fichier: BinaryIO) -> str | None:
    """Le type reconnu aux octets (« pdf », « docx »…), None sinon. Le fichier revient à son début."""
    fichier.seek(0)
    debut = fichier.read(1024)
    fin = _fin(fichier)
    try:
        if debut.startswith(b"%PDF-"):
            return PDF if b"%%EOF" in fin else None
        if debut.startswith(b"PK\x03\x04"):
            return _type_d_archive(fichier)
        return next((genre for marque, genre in _DEBUTS if debut.startswith(marque)), None)
    finally:
        fichier.seek(0)


def _fin(fichier: BinaryIO) -> bytes:
    taille = fichier.seek(0, 2)
    fichier.seek(max(0, taille - 2048))
    return fichier.read()


def _type_d_archive(fichier: BinaryIO) -> str | None:
    """Document OpenXML ou OpenDocument, d’après la table des entrées ; sans macros."""
    try:
        with ZipFile(fichier) as archive:
            noms = set(archive.namelist())
            if len(noms) > ENTREES_AU_PLUS or any(nom.endswith("vbaProject.bin") for nom in noms):
                return None
            if "mimetype" in noms:
                return _type_opendocument(archive)
            if "[Content_Types].xml" not in noms:
                return None
            return DOCX if "word/document.xml" in noms else XLSX if "xl/workbook.xml" in noms else None
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):
        return None


def _type_opendocument(archive: ZipFile) -> str | None:
    if archive.getinfo("mimetype").file_size > MIMETYPE_AU_PLUS:
        return None
    return _ODF.get(archive.read("mimetype").strip())
