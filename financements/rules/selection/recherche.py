"""Trouver qui retenir : la relaxation, puis les quelques candidats qu’elle laisse discuter, puis tous s’il le faut."""

from dataclasses import dataclass, replace

import numpy as np

from financements.rules.selection.modele import Entieres, Modele, Rangs, Reels, figer
from financements.rules.selection.prix import apports, nets, porteurs
from financements.rules.selection.solveur import Conduite, Fin, Reponse, chercher, relacher

NOYAU = 150  # candidats dont l’apport est le plus proche de zéro : ceux qu’un prix de plus ferait changer de camp
MONTANTS_DU_NOYAU = 300  # montants au-delà du minimum, de même
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
    if du_noyau.colonnes is None:
        return _parmi_tous(modele, conduite, relaxation, None)
    retenus = _retenus(modele, du_noyau.colonnes)
    complete = relacher(figer(modele, retenus), conduite)  # tous les montants se rajustent
    if complete.colonnes is not None and complete.valeur >= cible - PRESQUE:
        return Trouvaille(Fin.OPTIMALE, retenus, relaxation.borne, relaxation)
    depart = du_noyau.colonnes if complete.colonnes is None else complete.colonnes
    return _parmi_tous(modele, conduite, relaxation, depart)


def _parmi_tous(modele: Modele, conduite: Conduite, relaxation: Reponse, depart: Reels | None) -> Trouvaille:
    assez = replace(conduite, precision=USAGE * conduite.precision)
    reponse = chercher(modele, assez, entieres=_les_candidats(modele), depart=depart)
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
    """Le même modèle, où ne restent libres que les candidats partagés ou d’apport proche de zéro et leurs montants, et
    des autres, les montants partagés ou de net proche de zéro."""
    choisis = colonnes[: modele.nombre]
    valeurs = colonnes.copy()
    valeurs[: modele.nombre] = np.round(choisis)
    libres = np.zeros(len(colonnes), dtype=np.bool_)
    libres[: modele.nombre] = np.abs(choisis - valeurs[: modele.nombre]) > PRESQUE
    libres[_plus_petits(apports(modele, prix), NOYAU)] = True
    if modele.supplements:
        rangs, supplements = porteurs(modele), slice(modele.nombre, None)
        montants, maxima = colonnes[supplements], modele.hauts[supplements]
        partages = (montants > PRESQUE) & (montants < maxima - PRESQUE)
        libres[supplements] = libres[rangs] | partages
        libres[modele.nombre + _plus_petits(nets(modele, prix)[supplements] * maxima, MONTANTS_DU_NOYAU)] = True
    bas, hauts = np.where(libres, modele.bas, valeurs), np.where(libres, modele.hauts, valeurs)
    return replace(modele, bas=bas, hauts=hauts)


def _plus_petits(valeurs: Reels, nombre: int) -> Rangs:
    """Les places des valeurs les plus proches de zéro."""
    return np.argsort(np.abs(valeurs), kind="stable")[:nombre].astype(np.int32)
