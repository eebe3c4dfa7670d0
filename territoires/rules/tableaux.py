"""Répartition hiérarchique (années, puis territoires, puis axes) à totaux emboîtés exacts."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from territoires.rules.plus_forts_restes import repartir

# ("2016", "DOU", "3") : une clé par niveau, dans l’ordre des niveaux.
Chemin: TypeAlias = tuple[str, ...]
# Les poids d’un niveau : les mêmes partout, ou selon la cellule à diviser.
Niveau: TypeAlias = Mapping[str, int] | Callable[[Chemin], Mapping[str, int]]


def repartir_par_niveaux(total: int, niveaux: Sequence[Niveau], *, unite: int = 1) -> dict[Chemin, int]:
    """Répartit `total` (centimes) niveau après niveau, chaque cellule par les plus forts restes.

    Chaque cellule est exactement la somme de ses divisions. L’ordre des niveaux compte et se montre à l’écran : les
    marges des niveaux du dessous (le total d’un axe) sont exactes, mais ne sont au prorata qu’à quelques centimes.
    Une cellule à zéro se divise en zéros, même si ses poids sont tous nuls : il n’y a rien à décider.
    Mêmes refus que `plus_forts_restes.repartir`.
    """
    cellules: dict[Chemin, int] = {(): total}
    for niveau in niveaux:
        cellules = {
            (*chemin, cle): part
            for chemin, montant in cellules.items()
            for cle, part in _diviser(chemin, montant, niveau, unite).items()
        }
    return cellules


def marge(cellules: Mapping[Chemin, int], *niveaux: int) -> dict[Chemin, int]:
    """Totaux (centimes) par les niveaux choisis : `marge(c, 0)` par année, `marge(c, 0, 2)` par année × axe."""
    totaux: dict[Chemin, int] = {}
    for chemin, montant in cellules.items():
        cle = tuple(chemin[niveau] for niveau in niveaux)
        totaux[cle] = totaux.get(cle, 0) + montant
    return totaux


def _diviser(chemin: Chemin, montant: int, niveau: Niveau, unite: int) -> dict[str, int]:
    poids = niveau(chemin) if callable(niveau) else niveau
    if chemin and not montant and not any(poids.values()):
        return dict.fromkeys(poids, 0)
    return repartir(montant, poids, unite=unite)
