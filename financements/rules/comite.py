"""L’ordre du jour d’un comité, les écarts à l’ordre des notes et les ex æquo que la séance départage.

Un groupe : les projets du même axe et du même territoire. Les notes sont en centièmes de point.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Groupe = tuple[int, str]  # numéro de l’axe, code du territoire


@dataclass(frozen=True, slots=True)
class Juge:
    """Un projet à l’ordre du jour : sa note (None : pas noté) et s’il est retenu."""

    projet: int
    groupe: Groupe
    note: int | None
    est_retenu: bool


@dataclass(frozen=True, slots=True)
class Ecart:
    """`projet` n’est pas retenu ; `retenu`, du même groupe et moins bien noté, l’est (le moins bien noté de tous)."""

    projet: int
    groupe: Groupe
    note: int
    retenu: int
    note_retenue: int


def rang_a_l_ordre_du_jour(axe: int, territoire: str, note: int | None, numero: int) -> tuple[int, str, int, int]:
    """La clé de tri : axe, territoire (nom de tri), note la plus haute d’abord, sans note en dernier, puis numéro."""
    return (axe, territoire, 1 if note is None else -note, numero)


def ecarts(juges: Iterable[Juge]) -> list[Ecart]:
    """Les écarts à l’ordre des notes, dans l’ordre reçu. À note égale, il n’y a pas d’écart."""
    tous = list(juges)
    derniers: dict[Groupe, tuple[int, int]] = {}
    for juge in tous:
        if juge.est_retenu and juge.note is not None:
            derniers[juge.groupe] = min(derniers.get(juge.groupe, (juge.note, juge.projet)), (juge.note, juge.projet))
    return [
        Ecart(juge.projet, juge.groupe, juge.note, retenu, note)
        for juge in tous
        if not juge.est_retenu and juge.note is not None and juge.groupe in derniers
        for note, retenu in [derniers[juge.groupe]]
        if juge.note > note
    ]


def ex_aequo(juges: Iterable[Juge]) -> list[list[int]]:
    """Les projets de même groupe et de même note dont les uns sont retenus et les autres non : une liste chacun."""
    par_note: dict[tuple[Groupe, int], list[Juge]] = defaultdict(list)
    for juge in juges:
        if juge.note is not None:
            par_note[juge.groupe, juge.note].append(juge)
    return [
        [juge.projet for juge in egaux] for egaux in par_note.values() if len({juge.est_retenu for juge in egaux}) > 1
    ]
