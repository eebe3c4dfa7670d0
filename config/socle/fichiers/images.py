"""Les pièges d’une image : dimensions démesurées, contenu coupé. Rien n’est décodé que l’en-tête et les sommes."""

import warnings
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from config.socle.fichiers.defauts import ILLISIBLE, Defaut

PIXELS_AU_PLUS = 100_000_000
COTE_AU_PLUS = 30_000  # pixels
FORMATS = {"jpg": ("JPEG", "MPO"), "png": ("PNG",)}  # MPO : le JPEG à vignette des téléphones
DEMESUREE = "a des dimensions démesurées ({l} × {h} pixels, la limite est de 100 millions). Réduisez-la."


def controler_image(fichier: BinaryIO, genre: str) -> None:
    """Ouvre l’en-tête, vérifie les sommes. Lève `Defaut`. Le fichier revient à son début."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # nos bornes, plus bas, suffisent
            with Image.open(fichier, formats=FORMATS[genre]) as image:
                largeur, hauteur = image.size
                if largeur * hauteur > PIXELS_AU_PLUS or max(largeur, hauteur) > COTE_AU_PLUS:
                    raise Defaut(DEMESUREE.format(l=largeur, h=hauteur))
                image.verify()
    except Image.DecompressionBombError as bombe:
        raise Defaut("a des dimensions démesurées : plus de 100 millions de pixels. Réduisez-la.") from bombe
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as erreur:
        raise Defaut(ILLISIBLE) from erreur
    finally:
        fichier.seek(0)
