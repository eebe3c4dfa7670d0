"""La notation : total sur 100, écart entre instructeurs, notation de plus, note plancher. Exact, sans flottant.

Un critère pèse `poids` pour cent du total : sa note sur son maximum, fois son poids. Les totaux se lisent en centièmes
de point (6 666 pour 66,66), arrondis une seule fois, au plus proche, la moitié vers le haut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

CENT = 100


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un critère noté : `poids` en centièmes de pour cent ; `valeur` None tant qu’il n’est pas noté."""

    maximum: int
    poids: int
    valeur: int | None
    plancher: int | None = None
    est_justifiee: bool = True


def arrondir(valeur: Fraction) -> int:
    """Au plus proche, la moitié vers le haut. `valeur` ≥ 0."""
    return floor(valeur + Fraction(1, 2))


def total(lignes: Sequence[Ligne]) -> int:
    """Le total pondéré, en centièmes de point. Un critère pas encore noté compte pour zéro."""
    notees = (Fraction(ligne.valeur, ligne.maximum) * ligne.poids for ligne in lignes if ligne.valeur is not None)
    return arrondir(sum(notees, Fraction(0)))


def notables(lignes: Sequence[Ligne]) -> int:
    """Le poids des critères déjà notés, en centièmes de pour cent : « 66 points sur 85 notés »."""
    return sum(ligne.poids for ligne in lignes if ligne.valeur is not None)


def moyenne(totaux: Sequence[int]) -> int | None:
    """La moyenne des totaux, en centièmes de point ; None sans notation."""
    return arrondir(Fraction(sum(totaux), len(totaux))) if totaux else None


def ecart(totaux: Sequence[int]) -> int:
    """Du plus bas au plus haut total, en centièmes de point ; 0 tant qu’il n’y en a pas deux."""
    return max(totaux) - min(totaux) if totaux else 0


def requises(attendues: int, ecart_admis: int | None, totaux: Sequence[int]) -> int:
    """Combien de notations avant l’avis : `attendues`, ou une de plus (trois au moins) si l’écart est trop grand.

    `ecart_admis` et `totaux` en centièmes de point ; None : l’écart ne demande jamais rien.
    """
    if ecart_admis is None or ecart(totaux) <= ecart_admis:
        return attendues
    return max(attendues, 2) + 1


def sous_le_plancher(moyennes: Sequence[tuple[int | None, Fraction | None]]) -> list[int]:
    """Les rangs des critères dont la moyenne est sous la note plancher. Chacun : (plancher, moyenne des notes)."""
    return [
        rang
        for rang, (plancher, moyenne_du_critere) in enumerate(moyennes)
        if plancher is not None and moyenne_du_critere is not None and moyenne_du_critere < plancher
    ]


def a_completer(lignes: Sequence[Ligne]) -> tuple[int, int]:
    """Combien de critères restent à noter, et combien de notes restent à justifier."""
    sans_note = sum(ligne.valeur is None for ligne in lignes)
    return sans_note, sum(ligne.valeur is not None and not ligne.est_justifiee for ligne in lignes)


def ce_qui_manque(lignes: Sequence[Ligne]) -> str:
    """« 2 critères restent à noter, 1 note à justifier » ; vide si la notation peut être rendue."""
    sans_note, sans_texte = a_completer(lignes)
    phrases = []
    if sans_note:
        phrases.append(f"{sans_note}\u00a0critères restent à noter" if sans_note > 1 else "un critère reste à noter")
    if sans_texte:
        phrases.append(f"{sans_texte}\u00a0notes sont à justifier" if sans_texte > 1 else "une note est à justifier")
    return " et ".join(phrases)
