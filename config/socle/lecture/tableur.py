"""Ouvrir un fichier XLSX, ODS ou CSV, reconnu à son contenu, et en rendre le tableau."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from config.socle.lecture.archive import controler_archive
from config.socle.lecture.cellules_perdues import CellulesPerdues, montrer_les_fusions, remettre
from config.socle.lecture.csv_texte import lire_csv
from config.socle.lecture.entetes import normaliser_entete
from config.socle.lecture.etendue import ABIME
from config.socle.lecture.nature import VIDE, juger_le_debut
from config.socle.lecture.tableau import (
    COLONNES_MAXIMUM,
    CelluleFusionnee,
    FichierIllisible,
    FormuleSansResultat,
    Rangee,
    Tableau,
    en_texte,
    nettoyer,
)

ENTETES_DANS = 30  # rangées où chercher la ligne d’en-têtes
RIVALE = 0.75  # part des en-têtes de la feuille choisie à partir de laquelle une autre feuille lui dispute la place
VIDE_SAUF_MASQUEES = (
    "Les feuilles visibles du classeur sont vides : affichez celle qu’il faut lire (les feuilles masquées ne sont pas "
    "lues), puis recommencez."
)
Rangees = Callable[[], Iterator[Rangee]]


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

    format_, feuille, rangees = _ouvrir(chemin, nom or chemin.name, reconnaitre)
    numero, entetes = _entetes(rangees, reconnaitre)
    return Tableau(nom or chemin.name, format_, feuille, entetes, numero, rangees)


def _ouvrir(chemin: Path, nom: str, reconnaitre: Callable[[Rangee], int]) -> tuple[str, str, Rangees]:
    try:
        taille = chemin.stat().st_size
        with chemin.open("rb") as flux:
            debut = flux.read(1024)
    except OSError as erreur:
        raise FichierIllisible(f"Le fichier « {chemin.name} » n’existe pas ou ne peut pas être ouvert.") from erreur
    if juger_le_debut(debut, taille, chemin.read_bytes, nom):
        return _ouvrir_classeur(chemin, *controler_archive(chemin, nom), reconnaitre)
    return "CSV", "", lire_csv(chemin.read_bytes(), reconnaitre)


def _ouvrir_classeur(
    chemin: Path, format_: str, perdues: CellulesPerdues, reconnaitre: Callable[[Rangee], int]
) -> tuple[str, str, Rangees]:
    try:
        with chemin.open("rb") as flux, CalamineWorkbook.from_filelike(flux) as classeur:
            visibles = [meta.name for meta in classeur.sheets_metadata if _est_visible(meta)]
            feuilles = [_feuille(classeur, nom, perdues) for nom in visibles]
            a_des_masquees = any(not str(meta.visible).endswith("Visible") for meta in classeur.sheets_metadata)
    except CalamineError as erreur:
        raise FichierIllisible(ABIME) from erreur
    except BaseException as erreur:
        if type(erreur).__name__ == "PanicException":  # le lecteur, écrit en Rust, a buté sur un fichier impossible
            raise FichierIllisible(ABIME) from erreur
        raise
    if not any(_est_pleine(rangees) for _, rangees in feuilles):
        raise FichierIllisible(VIDE_SAUF_MASQUEES if a_des_masquees else VIDE)
    nom, rangees = _choisir(feuilles, reconnaitre)
    return format_, nom, rangees


def _est_pleine(rangees: Rangees, a_partir_de: int = 0) -> bool:
    return any(cellule is not None for rangee in islice(rangees(), a_partir_de, None) for cellule in rangee)


def _choisir(feuilles: Sequence[tuple[str, Rangees]], reconnaitre: Callable[[Rangee], int]) -> tuple[str, Rangees]:
    """La feuille où l’on reconnaît le plus d’en-têtes. `FichierIllisible` si une autre en a presque autant.

    Lire la première sans rien dire de la seconde laisserait la moitié d’un programme de côté.
    """
    notees: list[tuple[int, bool, str, Rangees]] = []
    for nom, rangees in feuilles:
        reconnus = [reconnaitre(rangee) for rangee in islice(rangees(), ENTETES_DANS)]
        note = max(reconnus, default=-1)
        notees.append((note, note > 0 and _est_pleine(rangees, reconnus.index(note) + 1), nom, rangees))
    meilleure = max(notees, key=lambda notee: notee[:2])
    seuil = max(2, meilleure[0] * RIVALE)
    rivales = [nom for note, est_remplie, nom, _ in notees if nom == meilleure[2] or (est_remplie and note >= seuil)]
    if len(rivales) > 1:
        dites = ", ".join(f"« {rivale} »" for rivale in rivales)
        raise FichierIllisible(
            f"Plusieurs feuilles du classeur portent les colonnes attendues ({dites}) : réunissez-les en une seule, "
            "ou masquez celles qu’il ne faut pas lire."
        )
    return meilleure[2:]


def _est_visible(meta: object) -> bool:
    return str(getattr(meta, "visible", "")).endswith("Visible") and str(getattr(meta, "typ", "")).endswith(
        "WorkSheet"
    )


def _feuille(classeur: CalamineWorkbook, nom: str, perdues: CellulesPerdues) -> tuple[str, Rangees]:
    feuille: CalamineSheet = classeur.get_sheet_by_name(nom)
    perdues_ici, fusions = perdues.de_la_feuille(nom), perdues.fusions_de_la_feuille(nom)

    def rangees() -> Iterator[Rangee]:
        brutes = feuille.iter_rows() if feuille.start else ()
        lues = (tuple(nettoyer(cellule) for cellule in rangee) for rangee in brutes)
        decalage = feuille.start[1] if feuille.start else 0
        entieres = remettre(lues, perdues_ici, decalage) if perdues_ici else lues
        return montrer_les_fusions(entieres, fusions, decalage) if fusions else entieres

    return nom, rangees


def _entetes(rangees: Rangees, reconnaitre: Callable[[Rangee], int]) -> tuple[int, tuple[str, ...]]:
    pleines = ((n, r) for n, r in enumerate(rangees(), start=1) if any(c is not None for c in r))
    candidates = list(islice(pleines, ENTETES_DANS))
    if not candidates:
        raise FichierIllisible(VIDE)
    numero, rangee = max(candidates, key=lambda candidate: reconnaitre(candidate[1]))
    _refuser_les_formules(numero, rangee)
    if not any(isinstance(c, str) and any(map(str.isalpha, c)) for c in rangee):
        raise FichierIllisible(
            f"La ligne {numero} devrait porter les noms des colonnes : le fichier n’a pas de ligne d’en-têtes."
        )
    textes = ["" if isinstance(c, CelluleFusionnee) else en_texte(c) for c in rangee]
    while not textes[-1]:
        textes.pop()
    if len(textes) > COLONNES_MAXIMUM:
        raise FichierIllisible(
            f"Le tableau a {len(textes)} colonnes : un import en accepte {COLONNES_MAXIMUM} au plus."
        )
    return numero, tuple(textes)


def _refuser_les_formules(numero: int, rangee: Rangee) -> None:
    """Le nom d’une colonne ne peut pas manquer : mieux vaut le dire que de croire la colonne absente."""
    for cellule in rangee:
        if isinstance(cellule, FormuleSansResultat):
            raise FichierIllisible(
                f"La ligne d’en-têtes (ligne {numero}) porte une formule dont le résultat n’est pas enregistré "
                f"({cellule}) : ouvrez le classeur dans votre tableur, enregistrez-le, puis recommencez."
            )
