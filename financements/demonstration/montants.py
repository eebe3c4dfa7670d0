"""Tailles des actions, partage par année, coût et FSE : des entiers de centimes, calés sur des totaux exacts."""

from dataclasses import dataclass
from random import Random

from financements.demonstration.lignes import ANNEES
from territoires.rules.amortisseur import amortir
from territoires.rules.plus_forts_restes import repartir

EURO = 100
PAS_DES_TAILLES = 100 * EURO  # les subventions se votent en chiffres ronds
PAS_DES_ANNEES = 10 * EURO
UNE_SUR = 24  # une paire d’actions sur tant porte des centimes
TIRAGES_DE_PROFILS = 25
COFINANCEES = 85  # actions sur cent qui ont d’autres ressources que le Département et le FSE
Profil = tuple[int, ...]
Melange = tuple[Profil, ...]


@dataclass(frozen=True, slots=True)
class Echelle:
    """Bornes d’une action d’un lot, en euros sur toute la durée ; `tirages` : plus il y en a, plus c’est inégal."""

    plancher: int
    plafond: int
    tirages: int


# Poids des années 2016, 2017 et 2018 ; un poids nul est une année sans crédit.
CONSTANT = (1, 1, 1)
MONTEE_DOUCE = (28, 36, 36)
MONTEE = (22, 38, 40)
DEGRESSIF = (40, 34, 26)
DEUX_PREMIERES = (1, 1, 0)
DEUX_DERNIERES = (0, 1, 1)
PREMIERE = (1, 0, 0)
DEUXIEME = (0, 1, 0)
TROISIEME = (0, 0, 1)

# Chaque série d’actions de taille voisine reçoit exactement ce mélange : les parts de chaque année en sont
# stables, et le partage professionnel/social de 2017 et de 2018 reste celui du programme (59 %/41 %).
STABLE: Melange = (CONSTANT,) * 15 + (MONTEE_DOUCE,) * 5
COURANT: Melange = (
    *(CONSTANT,) * 26,
    *(MONTEE_DOUCE,) * 4,
    *(DEUX_PREMIERES, DEUX_DERNIERES, PREMIERE, TROISIEME) * 2,
    *(MONTEE, DEUXIEME),
)
ESSAIMAGE: Melange = (
    *(CONSTANT,) * 8,
    *(MONTEE_DOUCE,) * 4,
    *(MONTEE, DEGRESSIF) * 2,
    *(DEUX_PREMIERES, DEUX_DERNIERES, PREMIERE, TROISIEME),
)


def tailles(alea: Random, nombre: int, total: int, echelle: Echelle) -> list[int]:
    """`nombre` montants décroissants en centimes, dont la somme est `total` (multiple de 100 €).

    Les bornes de l’échelle tiennent à 49 € près (les centimes vont d’une action à sa voisine).
    """
    poids = {f"{rang:05d}": _poids(alea, echelle.tirages) for rang in range(nombre)}
    planchers = dict.fromkeys(poids, echelle.plancher * EURO)
    plafonds = dict.fromkeys(poids, echelle.plafond * EURO)
    montants = sorted(
        amortir(total, poids, planchers, plafonds, unite=PAS_DES_TAILLES).montants.values(), reverse=True
    )
    for rang in range(2, nombre - 1, UNE_SUR):
        appoint = alea.randrange(1, 49 * EURO)
        montants[rang] += appoint
        montants[rang + 1] -= appoint
    return montants


def _poids(alea: Random, tirages: int) -> int:
    """Produit de tirages : peu de grandes actions, beaucoup de petites."""
    poids = 1
    for _ in range(tirages):
        poids *= alea.randint(15, 100)
    return poids


def profils(alea: Random, montants: list[int], melange: Melange) -> list[Profil]:
    """Un profil par montant : de plusieurs tirages, celui dont les années sont le plus près du mélange."""
    attendus = _poids_des_annees([1] * len(melange), list(melange))
    total = sum(montants)

    def ecart(tirage: list[Profil]) -> int:
        obtenus = _poids_des_annees(montants, tirage)
        return sum(abs(o * len(melange) - a * total) for o, a in zip(obtenus, attendus, strict=True))

    return min((_battre(alea, len(montants), melange) for _ in range(TIRAGES_DE_PROFILS)), key=ecart)


def _battre(alea: Random, nombre: int, melange: Melange) -> list[Profil]:
    """Le mélange entier, battu, pour chaque série d’actions de taille voisine."""
    tires: list[Profil] = []
    while len(tires) < nombre:
        serie = list(melange)
        alea.shuffle(serie)
        tires += serie
    return tires[:nombre]


def _poids_des_annees(montants: list[int], tirage: list[Profil]) -> list[int]:
    """Ce que chaque année reçoit, en millionièmes de l’unité des montants."""
    return [
        sum(
            montant * 1_000_000 * profil[rang] // sum(profil) for montant, profil in zip(montants, tirage, strict=True)
        )
        for rang in range(len(ANNEES))
    ]


def par_annee(total: int, profil: Profil) -> dict[int, int]:
    """Partage `total` (centimes) entre les années du profil, par dizaines d’euros ; l’appoint va à la dernière."""
    poids = {str(annee): part for annee, part in zip(ANNEES, profil, strict=True) if part}
    rond = total - total % PAS_DES_ANNEES
    montants = {int(annee): montant for annee, montant in repartir(rond, poids, unite=PAS_DES_ANNEES).items()}
    montants[max(montants)] += total - rond
    return montants


def cout_et_fse(alea: Random, attribue: int, chances_fse: int) -> tuple[int, int]:
    """Coût total et FSE d’une action, en centimes : coût ≥ crédits votés + FSE.

    `chances_fse` : chances sur cent d’une contrepartie du Fonds social européen.
    """
    fse = 0
    if alea.randrange(100) < chances_fse:
        fse = attribue * alea.randint(25, 90) // 100 // PAS_DES_TAILLES * PAS_DES_TAILLES
    autres = 0
    if alea.randrange(100) < COFINANCEES:
        autres = attribue * alea.randint(8, 30) * alea.randint(1, 4) // 100 // PAS_DES_TAILLES * PAS_DES_TAILLES
    return attribue + fse + autres, fse
