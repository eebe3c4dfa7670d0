"""Trouver qui retenir : la relaxation, puis les quelques candidats qu’elle laisse discuter, puis tous s’il le faut."""

from dataclasses import dataclass, replace

import numpy as np

from financements.rules.selection.modele import Modele, Reels
from financements.rules.selection.prix import apports
from financements.rules.selection.solveur import Conduite, Entieres, Fin, Reponse, chercher, relacher

NOYAU = 150  # candidats dont l’apport est le plus proche de zéro : ceux qu’un prix de plus ferait changer de camp
PRESQUE = 1e-6
USAGE = 0.9  # part de la précision que la recherche prend ; l’arrondi à l’euro a le reste


@dataclass(frozen=True, slots=True)
class Trouvaille:
    """`retenus` : un booléen par candidat, None si rien n’est trouvé. `borne` en points."""

    fin: Fin
    retenus: Entieres | None
    borne: float
    relaxation: Reponse


def trouver(modele: Modele, conduite: Conduite) -> Trouvaille:
    """Qui retenir, à la précision demandée, ou ce qu’on a trouvé de mieux à l’heure limite."""
    relaxation = relacher(modele, conduite)
    if relaxation.fin is not Fin.OPTIMALE or relaxation.colonnes is None or relaxation.prix is None:
        return Trouvaille(relaxation.fin, None, relaxation.borne, relaxation)
    conduite.dire(None, relaxation.borne)
    cible = relaxation.borne * (1 - USAGE * conduite.precision)
    if modele.nombre <= NOYAU:
        return _parmi_tous(modele, conduite, relaxation, None)
    noyau = _reduit_au_noyau(modele, relaxation.colonnes, relaxation.prix)
    du_noyau = chercher(noyau, conduite, entieres=_les_candidats(modele), cible=cible)
    if du_noyau.colonnes is not None and du_noyau.valeur >= cible - PRESQUE:
        return Trouvaille(Fin.OPTIMALE, _retenus(modele, du_noyau.colonnes), relaxation.borne, relaxation)
    return _parmi_tous(modele, conduite, relaxation, du_noyau.colonnes)


def _parmi_tous(modele: Modele, conduite: Conduite, relaxation: Reponse, depart: Reels | None) -> Trouvaille:
    reponse = chercher(modele, conduite, entieres=_les_candidats(modele), depart=depart)
    colonnes = depart if reponse.colonnes is None else reponse.colonnes
    retenus = None if colonnes is None else _retenus(modele, colonnes)
    return Trouvaille(reponse.fin, retenus, min(relaxation.borne, reponse.borne), relaxation)


def _les_candidats(modele: Modele) -> Entieres:
    entieres = np.zeros(len(modele.gains), dtype=np.bool_)
    entieres[: modele.nombre] = True
    return entieres


def _retenus(modele: Modele, colonnes: Reels) -> Entieres:
    return np.asarray(colonnes[: modele.nombre] > 1 / 2, dtype=np.bool_)


def _reduit_au_noyau(modele: Modele, colonnes: Reels, prix: Reels) -> Modele:
    """Le même modèle, où seuls restent libres les candidats partagés et ceux d’apport proche de zéro."""
    choisis = colonnes[: modele.nombre]
    entiers = np.round(choisis)
    libres = np.abs(choisis - entiers) > PRESQUE
    ordre = np.argsort(np.abs(apports(modele, prix)), kind="stable")
    libres[ordre[:NOYAU]] = True
    bas, hauts = modele.bas.copy(), modele.hauts.copy()
    bas[: modele.nombre] = np.where(libres, bas[: modele.nombre], entiers)
    hauts[: modele.nombre] = np.where(libres, hauts[: modele.nombre], entiers)
    return replace(modele, bas=bas, hauts=hauts)
