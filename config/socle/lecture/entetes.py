"""Rapprocher les en-têtes d’un fichier des colonnes connues : ordre, casse, accents et ponctuation indifférents."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_HORS_MOT = re.compile(r"[^a-z0-9]+")


def normaliser_entete(texte: str) -> str:
    """« Date de délibération » → « date_de_deliberation » ; « N° » → « n »."""
    plat = texte.replace("œ", "oe").replace("Œ", "oe").replace("°", " ")
    sans_accent = "".join(c for c in unicodedata.normalize("NFKD", plat) if not unicodedata.combining(c))
    return _HORS_MOT.sub("_", sans_accent.casefold()).strip("_")


@dataclass(frozen=True)
class Colonne:
    """Une colonne connue. `nom` : forme normalisée ; `synonymes` : autres formes normalisées admises."""

    nom: str
    est_obligatoire: bool = True
    synonymes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correspondance:
    """Le résultat du rapprochement. `positions` : nom de colonne → rang dans le fichier (0 pour la première).

    `inconnues` : en-têtes du fichier, tels qu’écrits, qui ne mènent à aucune colonne. `doublons` : colonne → les
    en-têtes qui y mènent tous. `manquantes` : colonnes obligatoires absentes, dans l’ordre demandé.
    """

    positions: dict[str, int]
    inconnues: tuple[str, ...]
    doublons: dict[str, tuple[str, ...]]
    manquantes: tuple[str, ...]


def rapprocher(entetes: Sequence[str], colonnes: Sequence[Colonne]) -> Correspondance:
    """Ranger chaque en-tête du fichier sous la colonne connue qu’il désigne."""
    noms = {forme: colonne.nom for colonne in colonnes for forme in (colonne.nom, *colonne.synonymes)}
    trouvees: dict[str, list[int]] = {}
    inconnues: list[str] = []
    for rang, entete in enumerate(entetes):
        if not entete:
            continue
        nom = noms.get(normaliser_entete(entete))
        if nom is None:
            inconnues.append(entete)
        else:
            trouvees.setdefault(nom, []).append(rang)
    return Correspondance(
        positions={nom: rangs[0] for nom, rangs in trouvees.items()},
        inconnues=tuple(inconnues),
        doublons={nom: tuple(entetes[r] for r in rangs) for nom, rangs in trouvees.items() if len(rangs) > 1},
        manquantes=tuple(c.nom for c in colonnes if c.est_obligatoire and c.nom not in trouvees),
    )
