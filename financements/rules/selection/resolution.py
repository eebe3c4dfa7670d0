"""Proposer une sélection, dire ce qui prouve qu’on ne fait guère mieux, et l’expliquer."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from financements.rules.selection.conflits import Conflit, conflit
from financements.rules.selection.explications import Manque, Tension, manques_de_peu, tensions
from financements.rules.selection.glouton import glouton
from financements.rules.selection.modele import Modele, construire
from financements.rules.selection.montants import completer, en_euros_entiers, sans_marge
from financements.rules.selection.probleme import Probleme
from financements.rules.selection.recherche import Trouvaille, trouver
from financements.rules.selection.solution import Solution, Statut
from financements.rules.selection.solveur import Conduite, Fin, Suivre
from financements.rules.selection.verification import verifier

PRECISION = Fraction(1, 1_000)
SECONDES = 60
POUR_FINIR = 10  # secondes de plus au-delà de la limite, pour arrondir à l’euro et expliquer
FLOTTANT = Fraction(1, 10**8)  # ce que le solveur peut se tromper sur une borne, en part de sa valeur
MANQUES = 20
INFINI = 1e20  # ce que HiGHS tient pour infini


@dataclass(frozen=True, slots=True)
class Resultat:
    """Une proposition et ce qui l’éclaire.

    `borne` (points) : aucune sélection ne vaut plus. `ecart` : (borne − valeur) / borne, entre 0 et 1. `secondes` :
    durée totale. Sans solution, `borne` et `ecart` valent None ; infaisable, `conflit` dit pourquoi.
    """

    statut: Statut
    secondes: float
    solution: Solution | None = None
    borne: Fraction | None = None
    ecart: Fraction | None = None
    tensions: tuple[Tension, ...] = ()
    manques: tuple[Manque, ...] = ()
    conflit: Conflit | None = None


def resoudre(
    probleme: Probleme,
    *,
    secondes: float = SECONDES,
    precision: Fraction = PRECISION,
    suivre: Suivre | None = None,
) -> Resultat:
    """La meilleure sélection, à `precision` près, ou la meilleure trouvée en `secondes`.

    `suivre` reçoit l’avancement ; ce qu’il lève arrête tout et remonte d’ici. Le même problème donne le même résultat
    tant que la limite de temps n’est pas atteinte. Toute solution rendue a passé `verifier`.
    """
    debut = time.monotonic()
    conduite = Conduite(debut + secondes, precision.numerator / precision.denominator, suivre, debut)
    modele = construire(probleme)
    trouvaille = trouver(modele, conduite)
    resultat = Resultat(Statut.SANS_REPONSE, 0)
    if trouvaille.fin is Fin.INFAISABLE:
        resultat = Resultat(Statut.INFAISABLE, 0, conflit=conflit(probleme, _pour_finir(conduite)))
    else:
        resultat = _conclure(probleme, modele, trouvaille, conduite, precision)
    return replace(resultat, secondes=time.monotonic() - debut)


def _pour_finir(conduite: Conduite) -> Conduite:
    """La même conduite, avec de quoi finir après l’heure limite."""
    return replace(conduite, limite=max(conduite.limite, time.monotonic()) + POUR_FINIR)


def _borne_sure(borne: float) -> Fraction | None:
    """La borne du solveur, relevée de ce qu’un flottant peut perdre ; None s’il n’en a pas."""
    if not np.isfinite(borne) or abs(borne) >= INFINI:
        return None
    exacte = Fraction(borne)
    return exacte + FLOTTANT * max(Fraction(1), abs(exacte))


def _ecart(borne: Fraction | None, solution: Solution) -> Fraction | None:
    if borne is None:
        return None
    return max(borne - solution.valeur, Fraction(0)) / max(borne, Fraction(1))


def _est_atteint(ecart: Fraction | None, precision: Fraction) -> bool:
    return ecart is not None and ecart <= precision


def _meilleure(probleme: Probleme, candidates: Iterable[Solution]) -> Solution | None:
    """Celle qui vaut le plus, parmi celles qui tiennent tout."""
    valables = [solution for solution in candidates if not verifier(probleme, solution)]
    return max(valables, key=lambda solution: solution.valeur, default=None)


def _conclure(
    probleme: Probleme, modele: Modele, trouvaille: Trouvaille, conduite: Conduite, precision: Fraction
) -> Resultat:
    fin = _pour_finir(conduite)
    borne = _borne_sure(trouvaille.borne)
    solution = None
    if trouvaille.retenus is not None and (arrondie := en_euros_entiers(modele, trouvaille.retenus, fin)):
        solution = _meilleure(probleme, [completer(probleme, arrondie)])
    if solution is None or not _est_atteint(_ecart(borne, solution), precision):
        exacte = sans_marge(modele, conduite)
        if exacte.fin is Fin.INFAISABLE and solution is None:
            return Resultat(Statut.INFAISABLE, 0, conflit=conflit(probleme, fin))
        bornes = [b for b in (borne, _borne_sure(exacte.borne)) if b is not None]
        borne = min(bornes, default=None)
        solution = _meilleure(probleme, [s for s in (solution, exacte.solution, glouton(probleme)) if s])
    if solution is None:
        return Resultat(Statut.SANS_REPONSE, 0, borne=borne)
    return _expliquer(
        modele, trouvaille, Resultat(Statut.ARRETE, 0, solution, borne, _ecart(borne, solution)), precision
    )


def _expliquer(modele: Modele, trouvaille: Trouvaille, resultat: Resultat, precision: Fraction) -> Resultat:
    solution, prix = resultat.solution, trouvaille.relaxation.prix
    if _est_atteint(resultat.ecart, precision):
        resultat = replace(resultat, statut=Statut.OPTIMAL)
    if solution is None or prix is None:
        return resultat
    manques = manques_de_peu(modele, prix, solution, MANQUES)
    return replace(resultat, tensions=tensions(modele, prix, solution), manques=manques)
