"""Répartition exacte par les plus forts restes (Hamilton, Hare-Niemeyer), en nombres entiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from territoires.rules.refus import (
    PoidsAbsents,
    PoidsNegatif,
    PoidsTousNuls,
    TotalIndivisible,
    UniteInvalide,
    ValeurNonEntiere,
)

# À garder avec toute répartition délibérée : un changement de départage ou d’arrondi est une nouvelle version.
VERSION_ALGORITHME = "plus-forts-restes/1"


@dataclass(frozen=True, slots=True)
class Part:
    """Ce qu’une clé reçoit, et pourquoi.

    `part_entiere` et `arrondi` en centimes, du signe du total ; `reste` en fraction d’unité, dans [0 ; 1[ ;
    `rang` de 1 à n dans l’ordre d’attribution des unités d’arrondi.
    """

    poids: int
    part_entiere: int
    reste: Fraction
    rang: int
    arrondi: int

    @property
    def montant(self) -> int:
        """Montant attribué, en centimes."""
        return self.part_entiere + self.arrondi

    @property
    def est_arrondi_recu(self) -> bool:
        """Vrai si la clé a reçu une unité d’arrondi (un centime, ou un euro si l’unité est 100)."""
        return self.arrondi != 0


def verifier_poids(poids: Mapping[str, int]) -> None:
    """Refuse des poids absents, non entiers, négatifs ou tous nuls (`PoidsAbsents`, `ValeurNonEntiere`, …)."""
    if not poids:
        raise PoidsAbsents
    for cle, valeur in poids.items():
        if not isinstance(valeur, int):
            raise ValeurNonEntiere(f"Poids de « {cle} »", valeur)
        if valeur < 0:
            raise PoidsNegatif(cle, valeur)
    if not any(poids.values()):
        raise PoidsTousNuls


def en_unites(total: int, unite: int) -> int:
    """Centimes → unités entières. `TotalIndivisible` s’il resterait des centimes, `UniteInvalide` si unite < 1."""
    if not isinstance(total, int):
        raise ValeurNonEntiere("Total à répartir, en centimes", total)
    if unite < 1:
        raise UniteInvalide(unite)
    if total % unite:
        raise TotalIndivisible(total, unite)
    return total // unite


def expliquer(total: int, poids: Mapping[str, int], *, unite: int = 1) -> dict[str, Part]:
    """Répartit `total` (centimes) au prorata de `poids` et justifie chaque centime.

    Chaque clé reçoit la partie entière de sa quote-part ; les unités restantes vont aux plus grands restes, à
    égalité au plus grand poids, puis à la plus petite clé (code du territoire). Un total négatif se répartit
    comme son opposé, signe changé. Le résultat garde l’ordre des poids.

    Lève `PoidsAbsents`, `PoidsNegatif`, `PoidsTousNuls`, `ValeurNonEntiere`, `TotalIndivisible`, `UniteInvalide`.
    """
    verifier_poids(poids)
    unites = en_unites(total, unite)
    signe = -unite if unites < 0 else unite
    somme = sum(poids.values())
    quotas = {cle: divmod(abs(unites) * valeur, somme) for cle, valeur in poids.items()}
    a_attribuer = abs(unites) - sum(entier for entier, _ in quotas.values())
    ordre = sorted(poids, key=lambda cle: (-quotas[cle][1], -poids[cle], cle))
    rangs = {cle: rang for rang, cle in enumerate(ordre, start=1)}
    return {
        cle: Part(
            poids=valeur,
            part_entiere=quotas[cle][0] * signe,
            reste=Fraction(quotas[cle][1], somme),
            rang=rangs[cle],
            arrondi=signe if rangs[cle] <= a_attribuer else 0,
        )
        for cle, valeur in poids.items()
    }


def repartir(total: int, poids: Mapping[str, int], *, unite: int = 1) -> dict[str, int]:
    """Répartit `total` (centimes) au prorata de `poids`, à l’unité près : la somme des parts est `total`.

    `unite` en centimes : 1, ou 100 quand la délibération vote en euros entiers. Mêmes refus que `expliquer`.
    """
    return {cle: part.montant for cle, part in expliquer(total, poids, unite=unite).items()}
