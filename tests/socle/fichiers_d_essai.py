"""Des fichiers fabriqués, bons et méchants, sans rien prendre ailleurs."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

CONTENU_WORD = "<Types/>"


def pdf(pages: int = 1, marque: str = "") -> bytes:
    """Un PDF de pages blanches ; deux marques différentes, deux empreintes différentes."""
    ecrit = PdfWriter()
    for _ in range(pages):
        ecrit.add_blank_page(72, 72)
    ecrit.add_metadata({"/Title": f"Essai {marque}"})
    return _octets(ecrit)


def _octets(ecrit: PdfWriter) -> bytes:
    sortie = BytesIO()
    ecrit.write(sortie)
    return sortie.getvalue()


def pdf_script() -> bytes:
    """Un PDF qui lance du JavaScript à l’ouverture."""
    ecrit = PdfWriter()
    ecrit.add_blank_page(72, 72)
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    ecrit.root_object[NameObject("/OpenAction")] = ecrit._add_object(DictionaryObject(action))
    return _octets(ecrit)


def pdf_lancement() -> bytes:
    """Un PDF qui veut lancer un programme."""
    ecrit = PdfWriter()
    ecrit.add_blank_page(72, 72)
    ecrit.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    return _octets(ecrit)


def pdf_joint() -> bytes:
    """Un PDF qui en transporte un autre."""
    ecrit = PdfWriter()
    ecrit.add_blank_page(72, 72)
    ecrit.add_attachment("programme.exe", b"MZ")
    return _octets(ecrit)


def pdf_chiffre() -> bytes:
    """Un PDF à mot de passe."""
    ecrit = PdfWriter()
    ecrit.add_blank_page(72, 72)
    ecrit.encrypt("secret", algorithm="RC4-128")
    return _octets(ecrit)


def pdf_flux(taille: int, *, fois: int = 1) -> bytes:
    """Un PDF dont un flux rend `taille` octets une fois décompressé `fois` fois."""
    ecrit = PdfWriter()
    ecrit.add_blank_page(72, 72)
    octets = bytes(taille)
    for _ in range(fois):
        octets = zlib.compress(octets, 9)
    flux = DecodedStreamObject()
    flux.set_data(octets)
    flux[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode")] * fois)
    ecrit._add_object(flux)
    ecrit.root_object[NameObject("/Piece")] = ecrit._objects[-1].indirect_reference
    return _octets(ecrit)


def pdf_image(cote: int) -> bytes:
    """Un PDF dont une image annonce `cote` pixels de côté."""
    ecrit = PdfWriter()
    ecrit.add_blank_page(72, 72)
    flux = DecodedStreamObject()
    flux.set_data(b"x")
    flux.update({NameObject("/Width"): NumberObject(cote), NameObject("/Height"): NumberObject(cote)})
    ecrit.root_object[NameObject("/Piece")] = ecrit._add_object(flux)
    return _octets(ecrit)


def archive(entrees: dict[str, bytes]) -> bytes:
    """Un zip compressé."""
    sortie = BytesIO()
    with ZipFile(sortie, "w", ZIP_DEFLATED) as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom, contenu)
    return sortie.getvalue()


def docx(autres: dict[str, bytes] | None = None) -> bytes:
    """Un document Word, avec d’autres entrées au besoin."""
    base = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    return archive(base | (autres or {}))


def odt(autres: dict[str, bytes] | None = None) -> bytes:
    """Un texte OpenDocument."""
    base = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}
    return archive(base | (autres or {}))


def docx_chiffre() -> bytes:
    """Un docx dont les entrées portent le bit du chiffrement."""
    octets = bytearray(docx())
    debut = 0
    while (rang := octets.find(b"PK\x01\x02", debut)) >= 0:
        octets[rang + 8] |= 1
        debut = rang + 4
    return bytes(octets)


def image(genre: str = "PNG", cote: int = 8) -> bytes:
    """Une petite image."""
    sortie = BytesIO()
    Image.new("RGB", (cote, cote), "white").save(sortie, genre)
    return sortie.getvalue()


def png_geant(largeur: int, hauteur: int) -> bytes:
    """Un PNG dont l’en-tête annonce des dimensions démesurées, sommes justes."""

    def bloc(nom: bytes, contenu: bytes) -> bytes:
        return struct.pack(">I", len(contenu)) + nom + contenu + struct.pack(">I", zlib.crc32(nom + contenu))

    entete = struct.pack(">IIBBBBB", largeur, hauteur, 8, 2, 0, 0, 0)
    donnees = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", donnees) + bloc(b"IEND", b"")
