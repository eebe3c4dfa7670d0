"""L’équité d’un partage entre allocataires : indices de Gini et de Theil de groupes dont on connaît l’effectif.

Chaque allocataire d’un territoire est compté pour le même montant, la moyenne de son territoire : les indices mesurent
donc l’inégalité entre territoires, pas dans les territoires.
"""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations

CHIFFRES = 50  # de calcul, pour que les décimales rendues soient exactes
DECIMALES = Decimal("0.000001")


class EquiteIndefinie(ValueError):
    """Un montant va à personne : l’euro par allocataire n’existe pas. Le message se montre tel quel."""

    def __init__(self, cle: str) -> None:
        super().__init__(f"« {cle} » reçoit un montant et n’a aucun allocataire : l’équité ne se mesure pas.")
        self.cle = cle


def gini(montants: Mapping[str, int], effectifs: Mapping[str, int]) -> Fraction:
    """Indice de Gini, exact, dans [0 ; 1[ : 0 si chaque allocataire compte pareil partout.

    Σ |a_i·n_j − a_j·n_i| sur les paires, divisé par N·A (montants a, effectifs n). `montants` : une unité quelconque,
    positifs ou nuls ; un partage de zéro euro est égal. Lève `EquiteIndefinie`.
    """
    groupes = _groupes(montants, effectifs)
    total, personnes = sum(a for a, _ in groupes), sum(n for _, n in groupes)
    if not total:
        return Fraction(0)
    ecarts = sum(abs(a * autre_n - autre_a * n) for (a, n), (autre_a, autre_n) in combinations(groupes, 2))
    return Fraction(ecarts, personnes * total)


def theil(montants: Mapping[str, int], effectifs: Mapping[str, int]) -> Decimal:
    """Indice de Theil, à six décimales exactes : 0 si chaque allocataire compte pareil partout, puis croissant.

    Σ (a_i/A)·ln((a_i/A)/(n_i/N)) : chaque territoire pèse sa part des crédits. Mêmes entrées que `gini`. Lève
    `EquiteIndefinie`.
    """
    groupes = _groupes(montants, effectifs)
    total, personnes = sum(a for a, _ in groupes), sum(n for _, n in groupes)
    with localcontext() as contexte:
        contexte.prec = CHIFFRES
        somme = Decimal(0)
        for a, n in groupes:
            if a:
                somme += Decimal(a) / total * (Decimal(a * personnes) / Decimal(total * n)).ln()
        # La somme exacte n’est jamais négative : un −0 de calcul se lit 0.
        return abs(somme.quantize(DECIMALES))


def _groupes(montants: Mapping[str, int], effectifs: Mapping[str, int]) -> list[tuple[int, int]]:
    """(montant, effectif) des groupes qui ont quelqu’un."""
    for cle, montant in montants.items():
        if montant and not effectifs.get(cle, 0):
            raise EquiteIndefinie(cle)
    return [(montants.get(cle, 0), effectif) for cle, effectif in effectifs.items() if effectif]
