"""La sélection exacte face au glouton par note : valeur atteinte, écart prouvé, durée, explication comprise."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from financements.rules.selection import Objectif, Ponderation, Probleme, Resultat, glouton, resoudre, verifier
from financements.rules.selection.phrases import dire_la_tension, dire_le_manque
from tests.mesures.candidats import tirer

T = TypeVar("T")
BUTS = {1_350: 3.0, 5_000: 10.0}  # projets → secondes
ECART = 0.1  # %
OBJECTIFS = {
    "note par euro": Objectif(),
    "note par projet": Objectif(ponderation=Ponderation.PROJET),
    "allocataires": Objectif(part_note=0),
    "moitié-moitié": Objectif(part_note=50),
}


def mesurer() -> None:
    """Imprime un tableau par taille. Ni base ni serveur."""
    for nombre, secondes in BUTS.items():
        lignes = [
            f"\nProposer une sélection, {nombre} projets (buts : {secondes:.0f} s, écart {ECART} %)",
            f"{'':18}{'secondes':>10}{'cpu':>8}{'écart %':>10}{'retenus':>9}{'valeur':>12}"
            f"{'glouton':>12}{'retenus':>9}{'secondes':>10}{'gain %':>8}",
        ]
        probleme = tirer(nombre)
        lignes += [_ligne(nom, replace(probleme, objectif=objectif)) for nom, objectif in OBJECTIFS.items()]
        sys.stdout.write("\n".join(lignes) + "\n")
        sys.stdout.flush()


def _ligne(nom: str, probleme: Probleme) -> str:
    (exacte, secondes, cpu), (naive, duree, _) = _chronometrer(_proposer, probleme), _chronometrer(glouton, probleme)
    assert exacte.solution is not None
    assert verifier(probleme, exacte.solution) == []
    tient = "" if not verifier(probleme, naive) else " (ne tient pas tout)"
    return (
        f"{nom:18}{secondes:10.2f}{cpu:8.2f}{float(exacte.ecart or 0) * 100:10.4f}{len(exacte.solution.montants):9}"
        f"{float(exacte.solution.valeur):12.1f}{float(naive.valeur):12.1f}{len(naive.montants):9}{duree:10.2f}"
        f"{float(exacte.solution.valeur / naive.valeur - 1) * 100:8.2f}{tient}"
    )


def _proposer(probleme: Probleme) -> Resultat:
    """Résoudre, et écrire toute l’explication."""
    resultat = resoudre(probleme)
    for tension in resultat.tensions:
        dire_la_tension(probleme, tension)
    for manque in resultat.manques:
        dire_le_manque(probleme, manque)
    return resultat


def _chronometrer(faire: Callable[[Probleme], T], probleme: Probleme) -> tuple[T, float, float]:
    """Ce qui est fait, les secondes écoulées et celles du processeur."""
    debut, cpu = time.perf_counter(), time.process_time()
    fait = faire(probleme)
    return fait, time.perf_counter() - debut, time.process_time() - cpu
