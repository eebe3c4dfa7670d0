"""Ouvrir un fichier XLSX, ODS ou CSV, reconnu à son contenu, et en rendre le tableau."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from config.socle.lecture.archive import ABIME, PROTEGE, controler_archive
from config.socle.lecture.csv_texte import lire_csv
from config.socle.lecture.entetes import normaliser_entete
from config.socle.lecture.erreurs_de_calcul import ErreursDeCalcul, remettre
from config.socle.lecture.tableau import (
    COLONNES_MAXIMUM,
    FichierIllisible,
    Rangee,
    Tableau,
    en_texte,
    nettoyer,
)

TEXTE_MAXIMUM = 50 * 1024 * 1024  # octets d’un CSV
ENTETES_DANS = 30  # rangées où chercher la ligne d’en-têtes
MAGIE_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MAGIE_OLE = b"\xd0\xcf\x11\xe0"
MAGIES_REFUSEES = {
    b"%PDF": "Ce fichier est un PDF : déposez le tableau lui-même, en XLSX, ODS ou CSV.",
    b"{\\rtf": "Ce fichier est un document texte : déposez un tableau, en XLSX, ODS ou CSV.",
    b"<": "Ce fichier est une page web ou du XML : enregistrez-le en XLSX, en ODS ou en CSV.",
}
VIDE = "Le fichier est vide : il n’y a ni ligne d’en-têtes ni donnée."


def empreinte(chemin: Path) -> str:
    """SHA-256 du fichier, en hexadécimal (64 caractères)."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def lire_tableau(chemin: Path, *, nom: str | None = None, attendues: Collection[str] = ()) -> Tableau:
    """Lire un fichier. `nom` : celui que la personne lui donne ; `attendues` : en-têtes connus, sous forme normalisée.

    La ligne d’en-têtes est, parmi les premières, celle où l’on reconnaît le plus d’en-têtes attendus, à défaut la
    première ligne non vide. D’un classeur, on lit la feuille visible où l’on en reconnaît le plus.
    `FichierIllisible` si ce n’est pas un tableau.
    """
    connues = frozenset(attendues)

    def reconnaitre(rangee: Rangee) -> int:
        return len({normaliser_entete(c) for c in rangee if isinstance(c, str)} & connues)

    format_, feuille, rangees = _ouvrir(chemin, reconnaitre)
    numero, entetes = _entetes(rangees, reconnaitre)
    return Tableau(nom or chemin.name, format_, feuille, entetes, numero, rangees)


def _ouvrir(chemin: Path, reconnaitre: Callable[[Rangee], int]) -> tuple[str, str, Callable[[], Iterator[Rangee]]]:
    try:
        taille = chemin.stat().st_size
        with chemin.open("rb") as flux:
            debut = flux.read(1024)
    except OSError as erreur:
        raise FichierIllisible(f"Le fichier « {chemin.name} » n’existe pas ou ne peut pas être ouvert.") from erreur
    if juger_le_debut(debut, taille, chemin.read_bytes):
        return _ouvrir_classeur(chemin, *controler_archive(chemin), reconnaitre)
    return "CSV", "", lire_csv(chemin.read_bytes(), reconnaitre)


def juger_le_debut(debut: bytes, taille: int, entier: Callable[[], bytes]) -> bool:
    """Vrai pour un classeur, faux pour du texte, d’après les premiers octets. `FichierIllisible` si c’est autre chose.

    `taille` en octets ; `entier` : rend tout le contenu, n’est appelé que pour un ancien format.
    """
    if not taille:
        raise FichierIllisible(VIDE)
    if debut.startswith(MAGIE_ZIP):
        return True
    if debut.startswith(MAGIE_OLE):
        est_chiffre = "EncryptedPackage".encode("utf-16-le") in entier()
        ancien = (
            "Ce fichier est un classeur ou un document d’un ancien format : enregistrez-le en XLSX, en ODS ou en CSV."
        )
        raise FichierIllisible(PROTEGE if est_chiffre else ancien)
    for magie, message in MAGIES_REFUSEES.items():
        if debut.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magie):
            raise FichierIllisible(message)
    if taille > TEXTE_MAXIMUM:
        raise FichierIllisible(
            f"Le fichier dépasse {TEXTE_MAXIMUM // 1024**2} Mio : découpez-le en plusieurs fichiers."
        )
    return False


def _ouvrir_classeur(
    chemin: Path, format_: str, erreurs: ErreursDeCalcul, reconnaitre: Callable[[Rangee], int]
) -> tuple[str, str, Callable[[], Iterator[Rangee]]]:
    try:
        with CalamineWorkbook.from_path(str(chemin)) as classeur:
            feuilles = [_feuille(classeur, m.name, erreurs) for m in classeur.sheets_metadata if _est_visible(m)]
    except CalamineError as erreur:
        raise FichierIllisible(ABIME) from erreur
    except BaseException as erreur:
        if type(erreur).__name__ == "PanicException":  # le lecteur, écrit en Rust, a buté sur un fichier impossible
            raise FichierIllisible(ABIME) from erreur
        raise
    if not feuilles:
        raise FichierIllisible(VIDE)
    nom, rangees = max(feuilles, key=lambda f: max((reconnaitre(r) for r in islice(f[1](), ENTETES_DANS)), default=-1))
    return format_, nom, rangees


def _est_visible(meta: object) -> bool:
    return str(getattr(meta, "visible", "")).endswith("Visible") and str(getattr(meta, "typ", "")).endswith(
        "WorkSheet"
    )


def _feuille(
    classeur: CalamineWorkbook, nom: str, erreurs: ErreursDeCalcul
) -> tuple[str, Callable[[], Iterator[Rangee]]]:
    feuille: CalamineSheet = classeur.get_sheet_by_name(nom)

    fautes = erreurs.de_la_feuille(nom)

    def rangees() -> Iterator[Rangee]:
        if feuille.start is None:
            return iter(())
        lues = (tuple(nettoyer(cellule) for cellule in rangee) for rangee in feuille.iter_rows())
        return remettre(lues, fautes, feuille.start[1]) if fautes else lues

    return nom, rangees


def _entetes(
    rangees: Callable[[], Iterator[Rangee]], reconnaitre: Callable[[Rangee], int]
) -> tuple[int, tuple[str, ...]]:
    pleines = ((n, r) for n, r in enumerate(rangees(), start=1) if any(c is not None for c in r))
    candidates = list(islice(pleines, ENTETES_DANS))
    if not candidates:
        raise FichierIllisible(VIDE)
    numero, rangee = max(candidates, key=lambda candidate: reconnaitre(candidate[1]))
    if not any(isinstance(c, str) and any(map(str.isalpha, c)) for c in rangee):
        raise FichierIllisible(
            f"La ligne {numero} devrait porter les noms des colonnes : le fichier n’a pas de ligne d’en-têtes."
        )
    textes = [en_texte(c) for c in rangee]
    while not textes[-1]:
        textes.pop()
    if len(textes) > COLONNES_MAXIMUM:
        raise FichierIllisible(
            f"Le tableau a {len(textes)} colonnes : un import en accepte {COLONNES_MAXIMUM} au plus."
        )
    return numero, tuple(textes)
