"""Apparier les pages d’un retour à leurs conventions : ce qui manque, ce qui est en double. Ni ORM ni Django."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Objet = TypeVar("Objet")


@dataclass(frozen=True, slots=True)
class Exemplaire(Generic[Objet]):
    """Ce qu’un retour contient d’un objet. `rangs` : pages du fichier, dans l’ordre de la convention."""

    objet: Objet
    rangs: list[int]
    manquantes: list[int]
    en_double: list[int]


def apparier(pages: Iterable[tuple[int, Objet, int]], attendues: dict[Objet, int]) -> list[Exemplaire[Objet]]:
    """`pages` : (rang dans le fichier, objet, page) ; `attendues` : objet → nombre de ses pages.

    Une page en double se garde : on ne sait pas laquelle est la bonne.
    """
    par_objet: dict[Objet, list[tuple[int, int]]] = {}
    for rang, objet, page in pages:
        par_objet.setdefault(objet, []).append((page, rang))
    exemplaires = []
    for objet, lues in par_objet.items():
        vues = Counter(page for page, _ in lues)
        exemplaires.append(
            Exemplaire(
                objet,
                [rang for _, rang in sorted(lues)],
                [page for page in range(1, attendues[objet] + 1) if page not in vues],
                sorted(page for page, nombre in vues.items() if nombre > 1),
            )
        )
    return exemplaires
