"""Passage progressif d’une répartition de départ à une cible en N ans : s^k = (1 − k/N)·s^0 + (k/N)·s^*."""

from collections.abc import Mapping
from fractions import Fraction
from math import gcd

from territoires.rules.plus_forts_restes import repartir, verifier_poids
from territoires.rules.refus import CleInconnue, EtapeHorsConvergence


def poids_convergents(
    depart: Mapping[str, int], cible: Mapping[str, int], *, etape: int, duree: int
) -> dict[str, int]:
    """Poids entiers de l’année `etape` (k, de 1 à N = `duree`), proportionnels aux parts s^k et réduits.

    Départ et cible sont des poids entiers (effectifs, montants) sur les mêmes clés ; leurs échelles sont
    indifférentes. L’ordre est celui du départ. Lève `EtapeHorsConvergence`, `CleInconnue` et les refus de
    `plus_forts_restes.verifier_poids`.
    """
    verifier_poids(depart)
    verifier_poids(cible)
    if differentes := depart.keys() ^ cible.keys():
        raise CleInconnue("Le départ et la cible ne portent pas sur les mêmes clés", differentes)
    if not 1 <= etape <= duree:
        raise EtapeHorsConvergence(etape, duree)
    facteur_depart = (duree - etape) * sum(cible.values())
    facteur_cible = etape * sum(depart.values())
    poids = {cle: facteur_depart * valeur + facteur_cible * cible[cle] for cle, valeur in depart.items()}
    diviseur = gcd(*poids.values())
    return {cle: valeur // diviseur for cle, valeur in poids.items()}


def parts_convergentes(
    depart: Mapping[str, int], cible: Mapping[str, int], *, etape: int, duree: int
) -> dict[str, Fraction]:
    """Parts s^k exactes de l’année `etape` : leur somme vaut 1. Mêmes refus que `poids_convergents`."""
    poids = poids_convergents(depart, cible, etape=etape, duree=duree)
    somme = sum(poids.values())
    return {cle: Fraction(valeur, somme) for cle, valeur in poids.items()}


def repartir_etape(
    total: int, depart: Mapping[str, int], cible: Mapping[str, int], *, etape: int, duree: int, unite: int = 1
) -> dict[str, int]:
    """Répartit l’enveloppe de l’année `etape` (`total`, centimes) selon les parts s^k, par les plus forts restes.

    À l’étape N, c’est exactement la répartition selon la cible. Mêmes refus que `poids_convergents` et `repartir`.
    """
    return repartir(total, poids_convergents(depart, cible, etape=etape, duree=duree), unite=unite)
