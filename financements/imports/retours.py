"""Lire un exemplaire numérisé : dessiner chaque page, y chercher notre code, en tirer les pages d’une convention."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image, ImageOps

from financements.rules.code_de_page import lire_le_code

FINESSES = (150, 300)  # points par pouce : la seconde, si la première n’a rien lu
POUCE = 72
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
COTE_AU_PLUS = 6000  # pixels : au-delà, l’image est réduite avant d’être lue


def codes_des_pages(chemin: Path, genre: str) -> Iterator[tuple[int, list[str]]]:
    """(rang de la page, codes QR qu’elle porte), une à une. Un fichier abîmé lève `PdfiumError` ou `OSError`."""
    if genre != "pdf":
        with Image.open(chemin) as image:
            yield 1, _lire(_droite(image))
        return
    document = pypdfium2.PdfDocument(chemin)
    try:
        for rang in range(len(document)):
            page = document[rang]
            trouves: list[str] = []
            for finesse in FINESSES:
                trouves = _lire(_dessiner(page, finesse))
                if trouves:
                    break
            page.close()
            yield rang + 1, trouves
    finally:
        document.close()


def le_notre(codes: list[str]) -> tuple[str, tuple[str, int] | None]:
    """Le code de la page et (jeton, page) s’il est des nôtres ; le premier code lu à défaut."""
    for code in codes:
        if lu := lire_le_code(code):
            return code, lu
    return (codes[0][:80] if codes else ""), None


def extraire(chemin: Path, genre: str, rangs: list[int], cible: Path) -> None:
    """Ces pages, dans cet ordre, dans un PDF à part."""
    if genre != "pdf":
        with Image.open(chemin) as image:
            _droite(image).convert("RGB").save(cible, "PDF")
        return
    source, sortie = pypdfium2.PdfDocument(chemin), pypdfium2.PdfDocument.new()
    try:
        sortie.import_pages(source, [rang - 1 for rang in rangs])
        sortie.save(cible)
    finally:
        sortie.close()
        source.close()


def _dessiner(page: pypdfium2.PdfPage, finesse: int) -> Image.Image:
    largeur, hauteur = page.get_size()
    echelle = min(finesse / POUCE, COTE_AU_PLUS / max(largeur, hauteur, 1))
    image: Image.Image = page.render(scale=echelle, grayscale=True).to_pil()
    return image


def _droite(image: Image.Image) -> Image.Image:
    """Redressée d’après ce qu’en dit le téléphone, et jamais démesurée."""
    redressee = ImageOps.exif_transpose(image)
    if max(redressee.size) > COTE_AU_PLUS:
        redressee.thumbnail((COTE_AU_PLUS, COTE_AU_PLUS))
    return redressee.convert("L")


def _lire(image: Image.Image) -> list[str]:
    return [lu.text for lu in zxingcpp.read_barcodes(image, formats=QR)]
