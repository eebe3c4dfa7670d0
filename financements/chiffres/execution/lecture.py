"""L’exécution d’un périmètre, lue en une requête : le cube, et ce qui ne se partage pas entre territoires."""

from datetime import date
from decimal import Decimal

from financements.chiffres.cube import lire
from financements.chiffres.execution.cube import CENTIME, CUBE, CUBE_ENTIER, Case, CubeDExecution, bornes
from financements.chiffres.execution.mouvements import MOUVEMENTS, Mouvements
from financements.chiffres.execution.tableaux import Chiffres
from financements.chiffres.perimetre import Perimetre


def lire_l_execution(perimetre: Perimetre, *, par_territoire: bool = True) -> tuple[CubeDExecution, Mouvements]:
    """Une requête. Un territoire n’a ni affectation, ni report, ni calendrier à lui.

    `par_territoire` : faux, rien ne se partage entre eux, ce qui coûte quatre fois moins.
    """
    cube, mouvements = CubeDExecution(), Mouvements()
    cases = CUBE if perimetre.territoire or par_territoire else CUBE_ENTIER
    sql = cases if perimetre.territoire else f"{cases} UNION ALL {MOUVEMENTS}"
    for quoi, un, deux, ou, sommes in lire(sql, perimetre, **bornes(perimetre)):
        if quoi == "territoire":
            cube.territoires.append(Case(int(un), int(deux), int(ou), _chiffres(sommes)))
        elif quoi == "forme":
            cube.formes.append(Case(int(un), int(deux), ou, _chiffres(sommes)))
        elif quoi == "affecte":
            mouvements.affectes[int(un)] = sommes[0]
        elif quoi == "report" and perimetre.est_entier:
            mouvements.reports[int(un), int(deux)] = sommes[0]
        elif quoi == "versement":
            mouvements.prevus[date.fromisoformat(un)] += sommes[0]
            if deux is not None:
                mouvements.mandates[date.fromisoformat(deux)] += sommes[0]
    return cube, mouvements


def _chiffres(sommes: list[Decimal]) -> Chiffres:
    return Chiffres(*(somme.quantize(CENTIME) for somme in sommes))
