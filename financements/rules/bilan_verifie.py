"""Un bilan auquel rien ne manque, prêt à s’écrire. Ni base ni horloge."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from financements.rules.effectifs import Effectif


@dataclass(frozen=True, slots=True)
class LigneVerifiee:
    """Un réalisé (centimes) d’un compte. `rang` distingue les financeurs d’un même compte."""

    cote: str
    compte: str
    realise: int
    rang: int = 0
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Mesure:
    """Ce qu’un indicateur a atteint, ou sa marque s’il ne se dit pas."""

    nombre: Decimal | None = None
    marque: str = ""


@dataclass(frozen=True, slots=True)
class BilanVerifie:
    """Dans la `version` qui a été vérifiée. `contenu` : la copie à figer, en JSON ; `cout_propose` : centimes.

    Les lignes comptent l’excédent ou l’insuffisance : charges et produits y sont égaux.
    """

    version: int
    lignes: tuple[LigneVerifiee, ...]
    effectifs: Mapping[str, Effectif]
    indicateurs: Mapping[int, Mesure]
    cout_propose: int
    contenu: Mapping[str, Any]
