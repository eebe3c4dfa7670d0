"""Appeler HiGHS, sur un seul fil et d’une graine fixe : la même entrée donne la même sortie."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import highspy
import numpy as np

from financements.rules.selection.modele import Entieres, Modele, Reels

PRESQUE_NUL = 1e-9
REALISABLE = 2  # kSolutionStatusFeasible
PAS = 0.2  # secondes entre deux avancements dits


class Fin(StrEnum):
    """Comment HiGHS a fini."""

    OPTIMALE = "optimale"
    INFAISABLE = "infaisable"
    ARRETEE = "arretee"


@dataclass(frozen=True, slots=True)
class Avancement:
    """Où en est la recherche : secondes passées, valeur de la meilleure sélection trouvée (None s’il n’y en a pas)
    et borne prouvée (None tant qu’elle n’est pas connue), en points, à titre indicatif."""

    secondes: float
    valeur: float | None
    borne: float | None


Suivre = Callable[[Avancement], object]
"""Reçoit l’avancement au plus cinq fois par seconde. Ce qu’il lève arrête la recherche et sort de `resoudre`."""


@dataclass(frozen=True, slots=True)
class Reponse:
    """Ce que HiGHS rend. `colonnes` et `valeur` : None sans solution. `borne` : ce que la valeur ne peut dépasser.

    `prix` : par ligne, ce que rapporterait une unité de plus à sa borne (programme linéaire seulement). `en_cause` :
    les lignes d’une preuve d’infaisabilité, quand le solveur en donne une.
    """

    fin: Fin
    colonnes: Reels | None
    valeur: float
    borne: float
    prix: Reels | None = None
    en_cause: Entieres | None = None


@dataclass(slots=True)
class Conduite:
    """L’heure limite (`time.monotonic`), l’écart relatif auquel s’arrêter, et qui suit."""

    limite: float
    precision: float
    suivre: Suivre | None = None
    debut: float = field(default_factory=time.monotonic)

    @property
    def reste(self) -> float:
        """Secondes avant la limite."""
        return max(self.limite - time.monotonic(), 0.01)

    def dire(self, valeur: float | None, borne: float | None) -> None:
        """Dire l’avancement ; laisse sortir ce que le rappel lève."""
        if self.suivre:
            self.suivre(Avancement(time.monotonic() - self.debut, valeur, borne))


def relacher(modele: Modele, conduite: Conduite) -> Reponse:
    """Le programme linéaire : un projet peut être retenu en partie. Sa valeur borne celle de toute sélection."""
    return _lancer(modele, None, conduite, {})


def chercher(
    modele: Modele, conduite: Conduite, *, entieres: Entieres, depart: Reels | None = None, cible: float | None = None
) -> Reponse:
    """Le même aux colonnes `entieres`. `depart` : une solution d’où partir ; `cible` : la valeur qui suffit."""
    options = {"mip_rel_gap": conduite.precision}
    if cible is not None:
        options["objective_target"] = cible
    return _lancer(modele, entieres, conduite, options, depart)


class _Muet(highspy.Highs):
    """HiGHS sans un mot : il s’annonce sur la sortie dès que ses rappels sont posés, à la construction."""

    def enableCallbacks(self) -> None:  # noqa: N802 (nom de la bibliothèque)
        """Se taire d’abord."""
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _lancer(
    modele: Modele,
    entieres: Entieres | None,
    conduite: Conduite,
    options: dict[str, float],
    depart: Reels | None = None,
) -> Reponse:
    solveur = _Muet()  # type: ignore[no-untyped-call]
    fixes = {"threads": 1, "random_seed": 0}
    for nom, reglage in {**fixes, "time_limit": conduite.reste, **options}.items():
        solveur.setOptionValue(nom, reglage)
    sortes = np.zeros(len(modele.gains), dtype=np.int32) if entieres is None else entieres.astype(np.int32)
    solveur.passModel(
        len(modele.gains), len(modele.lignes_bas), len(modele.colonnes),
        int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMaximize), 0.0,
        modele.gains, modele.bas, modele.hauts, modele.lignes_bas, modele.lignes_haut,
        modele.debuts, modele.colonnes, modele.coefficients, sortes,
    )  # fmt: skip
    if depart is not None:
        solveur.setSolution(len(depart), np.arange(len(depart), dtype=np.int32), depart)
    rappel = _Rappel(conduite)
    if conduite.suivre and entieres is not None:
        solveur.setCallback(rappel, None)
        solveur.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    solveur.run()
    if rappel.levee is not None:
        raise rappel.levee
    return _lire(solveur, est_lineaire=entieres is None)


def _lire(solveur: highspy.Highs, *, est_lineaire: bool) -> Reponse:
    etat, info = solveur.getModelStatus(), solveur.getInfo()
    if etat in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        # Toutes les colonnes sont bornées : rien n’est infini.
        return Reponse(Fin.INFAISABLE, None, 0.0, 0.0, en_cause=_en_cause(solveur) if est_lineaire else None)
    if etat == highspy.HighsModelStatus.kModelEmpty:
        return Reponse(Fin.OPTIMALE, np.zeros(0), 0.0, 0.0)  # aucun candidat
    finie = etat in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kObjectiveTarget)
    fin = Fin.OPTIMALE if finie else Fin.ARRETEE
    if info.primal_solution_status != REALISABLE:
        return Reponse(fin, None, 0.0, np.inf if est_lineaire else info.mip_dual_bound)
    solution = solveur.getSolution()
    valeur = info.objective_function_value
    colonnes = np.array(solution.col_value)
    if not est_lineaire:
        return Reponse(fin, colonnes, valeur, info.mip_dual_bound)
    return Reponse(fin, colonnes, valeur, valeur if finie else np.inf, np.array(solution.row_dual))


def _en_cause(solveur: highspy.Highs) -> Entieres | None:
    _, est_donne, rayon = solveur.getDualRay()  # type: ignore[attr-defined]
    return np.asarray(np.abs(rayon) > PRESQUE_NUL, dtype=np.bool_) if est_donne else None


class _Rappel:
    """Transmet l’avancement, et garde ce que le rappel lève : HiGHS ne laisse pas passer une exception."""

    def __init__(self, conduite: Conduite) -> None:
        self._conduite, self._dernier = conduite, 0.0
        self.levee: BaseException | None = None

    def __call__(self, _sorte: object, _message: str, sortie: object, entree: object, _donnees: object) -> None:
        if self.levee is None:
            self._dire(sortie)
        if self.levee is not None:
            entree.user_interrupt = True  # type: ignore[attr-defined]

    def _dire(self, sortie: object) -> None:
        maintenant = time.monotonic()
        if maintenant - self._dernier < PAS:
            return
        self._dernier = maintenant
        valeur, borne = (_connue(getattr(sortie, nom)) for nom in ("mip_primal_bound", "mip_dual_bound"))
        try:
            self._conduite.dire(valeur, borne)
        except BaseException as erreur:
            self.levee = erreur


def _connue(valeur: float) -> float | None:
    return valeur if abs(valeur) < highspy.kHighsInf else None
