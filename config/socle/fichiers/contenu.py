"""Le type d’un fichier, lu dans ses octets et non dans son nom ; et, pour un refus, ce qu’il est vraiment."""

from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

PDF, DOCX, XLSX, ODT, ODS, JPEG, PNG = "pdf", "docx", "xlsx", "odt", "ods", "jpg", "png"
ENTREES_AU_PLUS = 5_000  # un document de bureau en a quelques dizaines
MIMETYPE_AU_PLUS = 100  # octets
_ODF = {b"application/vnd.oasis.opendocument.text": ODT, b"application/vnd.oasis.opendocument.spreadsheet": ODS}
# Ce qu’on reconnaît pour mieux refuser, et qui ne s’admet jamais.
_REFUSES = (
    (b"MZ", "c’est un programme"),
    (b"\x7fELF", "c’est un programme"),
    (b"#!", "c’est un programme"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "c’est un ancien format de bureautique, ou un document protégé par un mot de passe",
    ),
    (b"PK\x03\x04", "c’est une archive"),
    (b"PK\x05\x06", "c’est une archive vide"),
    (b"Rar!", "c’est une archive"),
    (b"7z\xbc\xaf\x27\x1c", "c’est une archive"),
    (b"\x1f\x8b", "c’est une archive"),
    (b"GIF8", "c’est une image GIF"),
    (b"RIFF", "c’est un média"),
    (b"%PDF-", "c’est un PDF coupé : sa fin manque"),
    (b"{\\rtf", "c’est un document RTF"),
)
_BALISES = (b"<!doctype", b"<html", b"<?xml", b"<svg", b"<script")
_DEBUTS = ((b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))


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


def ce_que_c_est(fichier: BinaryIO) -> str:
    """Pour dire pourquoi un contenu sans type admis est refusé : « c’est un programme ». Revient au début."""
    fichier.seek(0)
    debut = fichier.read(512)
    fichier.seek(0)
    if debut.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_BALISES):
        return "c’est une page ou une image du Web"
    if debut[4:8] == b"ftyp":
        return "c’est une photo de téléphone (HEIC) ou une vidéo"
    return next((dit for marque, dit in _REFUSES if debut.startswith(marque)), "son contenu n’est pas reconnu")


def _fin(fichier: BinaryIO) -> bytes:
    taille = fichier.seek(0, 2)
    fichier.seek(max(0, taille - 2048))
    return fichier.read()


def _type_d_archive(fichier: BinaryIO) -> str | None:
    """Document OpenXML ou OpenDocument, d’après la table des entrées. Ses pièges : voir `archives`."""
    try:
        with ZipFile(fichier) as archive:
            noms = set(archive.namelist())
            if len(noms) > ENTREES_AU_PLUS:
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
