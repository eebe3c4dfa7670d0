"""Contrôler un fichier reçu : sa taille, son type lu dans le contenu, son extension, ses pièges, son empreinte."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

from config.socle.fichiers.archives import controler_archive
from config.socle.fichiers.contenu import ce_que_c_est, type_du_contenu
from config.socle.fichiers.defauts import Defaut, FichierRefuse
from config.socle.fichiers.formats import SYNONYMES, FormatDeFichier, formats_lisibles
from config.socle.fichiers.images import controler_image
from config.socle.fichiers.noms import nom_sur
from config.socle.fichiers.pdf import controler_pdf

MO = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FichierControle:
    """Ce qu’on sait d’un fichier admis. `taille` : octets ; `empreinte` : SHA-256, en hexadécimal."""

    nom: str
    genre: str
    taille: int
    empreinte: str


def controler(
    fichier: BinaryIO, nom: str, *, formats: Collection[str] | None = None, taille_maximale: int
) -> FichierControle:
    """Le fichier contrôlé en entier, enveloppe et pièges, revenu à son début. Mêmes arguments et refus."""
    fiche = controler_l_enveloppe(fichier, nom, formats=formats, taille_maximale=taille_maximale)
    try:
        controler_les_pieges(fichier, fiche.genre)
    except Defaut as defaut:
        raise FichierRefuse(f"«\u00a0{fiche.nom}\u00a0» {defaut}") from defaut
    return fiche


def controler_l_enveloppe(
    fichier: BinaryIO, nom: str, *, formats: Collection[str] | None = None, taille_maximale: int
) -> FichierControle:
    """Taille, type lu dans le contenu, extension, empreinte : rapide, sans ouvrir le document.

    `formats` : tous ceux connus si None ; `taille_maximale` : Mo. Le fichier revient à son début.
    Lève `FichierRefuse`, dont la phrase nomme le fichier, dit la raison et ce qui est attendu.
    """
    sur = nom_sur(nom)
    try:
        taille = _controler_la_taille(fichier, taille_maximale)
        genre = _controler_le_genre(fichier, sur, formats or FormatDeFichier.values)
    except Defaut as defaut:
        raise FichierRefuse(f"«\u00a0{sur}\u00a0» {defaut}") from defaut
    empreinte = hashlib.file_digest(fichier, "sha256").hexdigest()  # type: ignore[arg-type]  # tout fichier ouvert convient
    fichier.seek(0)
    return FichierControle(sur, genre, taille, empreinte)


def _controler_la_taille(fichier: BinaryIO, taille_maximale: int) -> int:
    taille = fichier.seek(0, 2)
    fichier.seek(0)
    if taille == 0:
        raise Defaut("est vide (0 octet). Vérifiez-le sur votre poste, puis envoyez-le de nouveau.")
    if taille > taille_maximale * MO:
        pese = f"{taille / MO:.1f}".replace(".", ",")
        raise Defaut(
            f"pèse {pese}\u00a0Mo, la limite est de {taille_maximale}\u00a0Mo. "
            "Réduisez-le (finesse de la numérisation, images) ou coupez-le en plusieurs fichiers."
        )
    return taille


def _controler_le_genre(fichier: BinaryIO, nom: str, formats: Collection[str]) -> str:
    genre = type_du_contenu(fichier)
    admis = f"Formats admis\u00a0: {formats_lisibles(formats)}."
    if genre is None:
        raise Defaut(f"n’est pas d’un format admis\u00a0: {ce_que_c_est(fichier)}. {admis}")
    if genre not in formats:
        raise Defaut(f"est au format {FormatDeFichier(genre).label}, qui n’est pas admis ici. {admis}")
    extension = nom.rpartition(".")[2].lower() if "." in nom else ""
    if SYNONYMES.get(extension, extension) != genre:
        raise Defaut(
            f"est au format {FormatDeFichier(genre).label} et son nom ne le dit pas. "
            f"Renommez-le pour qu’il finisse par «\u00a0.{genre}\u00a0»."
        )
    return genre


def controler_les_pieges(fichier: BinaryIO, genre: str) -> None:
    """Ouvre le document et le lit en entier : jusqu’à quinze secondes pour un PDF. Lève `Defaut`."""
    if genre == FormatDeFichier.PDF:
        controler_pdf(fichier)
    elif genre in {FormatDeFichier.JPEG, FormatDeFichier.PNG}:
        controler_image(fichier, genre)
    else:
        controler_archive(fichier)
