"""Répartition entre planchers et plafonds, par remplissage exact : A_i = min(c_i, max(f_i, λ·w_i))."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import ceil, lcm

from territoires.rules.plus_forts_restes import Part, en_unites, expliquer, verifier_poids
from territoires.rules.refus import (
    BorneNegative,
    CleInconnue,
    PerteHorsBornes,
    PlafondsTropBas,
    PlancherAuDessusDuPlafond,
    PlancherIntenable,
    TotalNegatif,
    ValeurNonEntiere,
)


class Situation(StrEnum):
    """Ce qui fixe le montant d’une clé."""

    PLANCHER = "plancher"
    PRORATA = "prorata"
    PLAFOND = "plafond"


@dataclass(frozen=True, slots=True)
class Amortissement:
    """Résultat, dans l’ordre des poids : `montants` en centimes ; `niveau` (λ) en centimes par unité de poids.

    `parts` justifie chaque unité d’arrondi (leurs poids sont les montants exacts, au même dénominateur).
    """

    montants: dict[str, int]
    situations: dict[str, Situation]
    niveau: Fraction
    parts: dict[str, Part] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Cuve:
    """Une clé à remplir : poids, plancher et plafond (None : sans plafond), en unités de répartition."""

    poids: int
    plancher: int
    plafond: int | None

    def remplie(self, niveau: Fraction) -> Fraction:
        versee = max(Fraction(self.plancher), niveau * self.poids)
        return versee if self.plafond is None else min(Fraction(self.plafond), versee)

    def situation(self, niveau: Fraction) -> Situation:
        prorata = niveau * self.poids
        if prorata < self.plancher:
            return Situation.PLANCHER
        if self.plafond is not None and prorata > self.plafond:
            return Situation.PLAFOND
        return Situation.PRORATA

    def ruptures(self) -> list[Fraction]:
        if not self.poids:
            return []
        bornes = [self.plancher] if self.plafond is None else [self.plancher, self.plafond]
        return [Fraction(borne, self.poids) for borne in bornes]

    def monte_apres(self, niveau: Fraction) -> bool:
        prorata = niveau * self.poids
        return prorata >= self.plancher and (self.plafond is None or prorata < self.plafond)


def planchers_depuis(precedent: Mapping[str, int], perte_maximale: Fraction) -> dict[str, int]:
    """Planchers « aucune clé ne perd plus de x » : ⌈(1 − x)·montant précédent⌉, en centimes.

    `perte_maximale` : fraction exacte entre 0 et 1 (`Fraction(5, 100)` pour 5 %).
    Lève `PerteHorsBornes`, `BorneNegative`, `ValeurNonEntiere`.
    """
    perte = _fraction_de_perte(perte_maximale)
    _verifier_bornes("Montant précédent", precedent)
    return {cle: ceil((1 - perte) * montant) for cle, montant in precedent.items()}


def _fraction_de_perte(valeur: object) -> Fraction:
    """Refuse aussi un flottant : 0.05 n’est pas exactement 5 %."""
    if not isinstance(valeur, int | Fraction) or not 0 <= valeur <= 1:
        raise PerteHorsBornes(valeur)
    return Fraction(valeur)


def amortir(
    total: int,
    poids: Mapping[str, int],
    planchers: Mapping[str, int],
    plafonds: Mapping[str, int] | None = None,
    *,
    unite: int = 1,
) -> Amortissement:
    """Répartit `total` (centimes, ≥ 0) au prorata de `poids` sans passer sous un plancher ni au-dessus d’un plafond.

    Planchers et plafonds en centimes ; une clé absente n’en a pas. Ils sont toujours respectés au centime : avec
    `unite=100`, un plancher se lit à l’euro supérieur et un plafond à l’euro inférieur. Une clé de poids nul
    reçoit exactement son plancher. Lève `PlancherIntenable`, `PlafondsTropBas`, `PlancherAuDessusDuPlafond`,
    `CleInconnue`, `BorneNegative`, `TotalNegatif`, et les refus de `plus_forts_restes.expliquer`.
    """
    verifier_poids(poids)
    unites = en_unites(total, unite)
    if unites < 0:
        raise TotalNegatif(total)
    cuves = _cuves(poids, planchers, plafonds or {}, unite)
    _verifier_faisable(unites, list(cuves.values()), unite)
    niveau = _niveau(unites, list(cuves.values()))
    parts = _arrondir(total, {cle: cuve.remplie(niveau) for cle, cuve in cuves.items()}, unite)
    return Amortissement(
        montants={cle: part.montant for cle, part in parts.items()},
        situations={cle: cuve.situation(niveau) for cle, cuve in cuves.items()},
        niveau=niveau * unite,
        parts=parts,
    )


def _verifier_bornes(quoi: str, bornes: Mapping[str, int]) -> None:
    for cle, montant in bornes.items():
        if not isinstance(montant, int):
            raise ValeurNonEntiere(f"{quoi} de « {cle} »", montant)
        if montant < 0:
            raise BorneNegative(quoi, cle, montant)


def _cuves(
    poids: Mapping[str, int], planchers: Mapping[str, int], plafonds: Mapping[str, int], unite: int
) -> dict[str, _Cuve]:
    for quoi, bornes in (("Plancher", planchers), ("Plafond", plafonds)):
        _verifier_bornes(quoi, bornes)
        if inconnues := bornes.keys() - poids.keys():
            raise CleInconnue(f"{quoi} sans poids", inconnues)
    cuves = {}
    for cle, valeur in poids.items():
        plancher = -(-planchers.get(cle, 0) // unite)
        plafond = plafonds[cle] // unite if cle in plafonds else None
        if plafond is not None and plancher > plafond:
            raise PlancherAuDessusDuPlafond(cle, plancher * unite, plafond * unite)
        cuves[cle] = _Cuve(valeur, plancher, plafond)
    return cuves


def _verifier_faisable(unites: int, cuves: list[_Cuve], unite: int) -> None:
    minimum = sum(cuve.plancher for cuve in cuves)
    if unites < minimum:
        raise PlancherIntenable(unites * unite, minimum * unite)
    # Une cuve de poids nul ne monte jamais : son plancher est aussi son maximum.
    maxima = [cuve.plafond if cuve.poids else cuve.plancher for cuve in cuves]
    finis = [maximum for maximum in maxima if maximum is not None]
    if len(finis) == len(maxima) and unites > sum(finis):
        raise PlafondsTropBas(unites * unite, sum(finis) * unite)


def _niveau(unites: int, cuves: list[_Cuve]) -> Fraction:
    """Le λ pour lequel les cuves contiennent exactement `unites`.

    Le contenu est croissant et linéaire par morceaux entre les ruptures f_i/w_i et c_i/w_i : on trouve la dernière
    rupture qui ne déborde pas, puis on monte à pente constante. Sur un palier (toutes les cuves à une borne),
    plusieurs λ conviennent et donnent les mêmes montants.
    """
    ruptures = sorted({rupture for cuve in cuves for rupture in cuve.ruptures()})

    def contenu(niveau: Fraction) -> Fraction:
        return sum((cuve.remplie(niveau) for cuve in cuves), Fraction(0))

    depart = ruptures[bisect_right(ruptures, Fraction(unites), key=contenu) - 1]
    pente = sum(cuve.poids for cuve in cuves if cuve.monte_apres(depart))
    return depart + (unites - contenu(depart)) / pente if pente else depart


def _arrondir(total: int, exacts: Mapping[str, Fraction], unite: int) -> dict[str, Part]:
    """Plus forts restes sur les parties fractionnaires de montants exacts dont la somme est `total`.

    Les montants exacts, mis au même dénominateur, sont leurs propres poids. Une cuve à sa borne est entière, donc
    sans reste : elle ne reçoit jamais d’unité d’arrondi, et une cuve au prorata ne franchit pas sa borne entière.
    """
    if not total:
        return {cle: Part(0, 0, Fraction(0), rang, 0) for rang, cle in enumerate(exacts, start=1)}
    commun = lcm(*(exact.denominator for exact in exacts.values()))
    return expliquer(total, {cle: int(exact * commun) for cle, exact in exacts.items()}, unite=unite)
