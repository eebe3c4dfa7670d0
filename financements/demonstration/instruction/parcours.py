"""Le chemin de chaque projet, de son dépôt à son état : des durées à partir de la clôture, jamais des dates."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from financements.demonstration.instruction.reglages import JOURS_DEPUIS_LA_CLOTURE

# Sur 240 projets, combien finissent dans chaque état.
ETATS = {
    "depose": 62,
    "incomplet": 26,
    "complete": 18,
    "recevable": 84,
    "instruit": 34,
    "irrecevable": 9,
    "retire": 7,
}
EN_RETARD = 8  # incomplets sur 26 dont l’échéance est passée
COMPLETES = 14  # recevables sur 84 qui ont d’abord dû être complétés
OUVERTURE, FERMETURE = 8, 18  # heures de travail du service
DERNIER_AVIS = 23  # jours après la clôture
DERNIERS_JOURS, DERNIERE_SEMAINE = 60, 85  # dépôts sur cent, cumulés
NUIT = (9, 17)  # heures avant la clôture, à 17 h : de minuit à 8 h


@dataclass(frozen=True, slots=True)
class Parcours:
    """Depuis la clôture : `depose` est négatif. `echeance` en jours. Absent : la chose n’a pas eu lieu.

    `quand` : l’instant du dernier passage (recevable, irrecevable, retiré) ; `avis` : celui de l’avis rendu.
    """

    etat: str
    depose: timedelta
    demandee: timedelta | None = None
    echeance: int = 0
    rendue: timedelta | None = None
    quand: timedelta | None = None
    avis: timedelta | None = None

    @property
    def est_en_retard(self) -> bool:
        """Un complément demandé dont l’échéance est passée, sans réponse."""
        return self.etat == "incomplet" and self.echeance < JOURS_DEPUIS_LA_CLOTURE


def tirer_les_parcours(alea: Random, nombre: int) -> list[Parcours]:
    """`nombre` parcours, dans l’ordre des dépôts : la plupart dans les deux derniers jours, comme dans la vie."""
    etats = [etat for etat, combien in ETATS.items() for _ in range(combien)]
    tires = [etats[rang % len(etats)] for rang in range(nombre)]
    alea.shuffle(tires)
    depots = sorted(_depot(alea) for _ in range(nombre))
    faits = dict.fromkeys(ETATS, 0)
    parcours = []
    for etat, depose in zip(tires, depots, strict=True):
        parcours.append(_parcours(alea, etat, depose, faits[etat]))
        faits[etat] += 1
    return parcours


def _depot(alea: Random) -> timedelta:
    """Six sur dix dans les deux derniers jours, un quart dans la semaine, le reste en un mois."""
    sorte = alea.randrange(100)
    jours = alea.uniform(7, 34)
    if sorte < DERNIERE_SEMAINE:
        jours = alea.triangular(0, 2, 0) if sorte < DERNIERS_JOURS else alea.uniform(2, 7)
    instant = timedelta(days=jours)
    if NUIT[0] <= instant.seconds // 3600 < NUIT[1]:  # de nuit on ne dépose guère : plus tard, dans la journée
        instant -= timedelta(hours=NUIT[0])
    return -max(instant, timedelta(minutes=alea.randint(1, 50), seconds=alea.randrange(60)))


def _parcours(alea: Random, etat: str, depose: timedelta, rang: int) -> Parcours:
    """`rang` : combien de parcours de cet état ont déjà été tirés."""
    if etat == "incomplet":
        est_en_retard = rang % 26 < EN_RETARD
        debut = alea.randint(2, 5) if est_en_retard else alea.randint(14, 22)
        duree = 12 if est_en_retard else alea.randint(14, 20)
        return Parcours(etat, depose, demandee=_travail(alea, debut), echeance=debut + duree)
    if etat == "complete":
        return _complement(alea, Parcours(etat, depose), 8)
    quand = _travail(alea, alea.randint(14, 22))
    if etat in {"recevable", "instruit"} and rang % 84 < COMPLETES:
        return _complement(alea, Parcours(etat, depose, quand=quand, avis=_avis(alea, etat, quand, rang)), 4)
    tot = _travail(alea, alea.randint(2, 13 if etat == "instruit" else 22))
    return Parcours(etat, depose, quand=None if etat == "depose" else tot, avis=_avis(alea, etat, tot, rang))


def _complement(alea: Random, parcours: Parcours, au_plus_tard: int) -> Parcours:
    """Le même, avec un complément demandé puis rendu à temps."""
    jour = alea.randint(2, au_plus_tard)
    rendue = _travail(alea, jour + alea.randint(3, 9))
    return replace(parcours, demandee=_travail(alea, jour), echeance=jour + 12, rendue=rendue)


def _avis(alea: Random, etat: str, quand: timedelta, rang: int) -> timedelta | None:
    """Trois jours au moins après la recevabilité `quand` s’il se peut, étalés selon `rang` jusqu’au dernier jour."""
    if etat != "instruit":
        return None
    des_le = min(quand.days + 3, DERNIER_AVIS)
    return _travail(alea, des_le + rang % (DERNIER_AVIS + 1 - des_le))


def _travail(alea: Random, jour: int) -> timedelta:
    """Un instant de travail, `jour` jours après la clôture (17 h) : entre 8 h et 18 h ce jour-là."""
    minutes = alea.randrange((FERMETURE - OUVERTURE) * 60)
    return timedelta(days=jour) + timedelta(hours=OUVERTURE - 17, minutes=minutes)
