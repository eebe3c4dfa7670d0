"""Des candidats tirés pour le banc : huit territoires, cinq axes, 74,3 M€ sur trois ans, trop de demandes."""

import random

from financements.rules.selection import Candidat, Choix, Exercice, Plancher, Probleme
from territoires.rules.plus_forts_restes import repartir

ANNEES = (2016, 2017, 2018)
CREDITS = 74_300_000_00  # centimes, sur les trois ans
DEMANDE = 135  # % des crédits
# allocataires du territoire, et ce qu’il dépose (‰) : certains demandent bien plus que leur prorata
TERRITOIRES = {
    "DOU": (11_200, 130), "DUN": (8_400, 90), "FLI": (5_600, 40), "MLI": (23_800, 250), "RTO": (22_900, 170),
    "SAM": (13_100, 120), "VAL": (20_700, 140), "CAM": (9_700, 60),
}  # fmt: skip
# axe → (nombre pour mille, crédits publiés en centaines d’euros)
AXES = {1: (38, 73_200), 2: (91, 65_800), 3: (115, 151_900), 4: (219, 147_600), 5: (525, 304_300)}
SOCIAL = 5


def tirer(nombre: int, graine: int = 2016) -> Probleme:
    """Le même problème pour la même graine : prorata, axes bornés, 59 % professionnel, planchers, choix imposés."""
    sort = random.Random(graine)  # noqa: S311
    bruts = [_brut(sort) for _ in range(nombre)]
    echelle = CREDITS * DEMANDE / 100 / sum(total for _, total in bruts)
    candidats = tuple(_candidat(sort, rang, axe, total * echelle) for rang, (axe, total) in enumerate(bruts))
    cp = repartir(CREDITS, {"2016": 330, "2017": 335, "2018": 335})
    par_an = {annee: cp[str(annee)] for annee in ANNEES}
    poids = {code: effectif for code, (effectif, _) in TERRITOIRES.items()}
    return Probleme(
        annees=ANNEES,
        candidats=candidats,
        territoires={(code, a): part for a in ANNEES for code, part in repartir(par_an[a], poids).items()},
        axes={(axe, a): par_an[a] * part * 115 // 74_280_000 for axe, (_, part) in AXES.items() for a in ANNEES},
        credits=par_an,
        part_professionnelle=dict.fromkeys(ANNEES, 5_900),
        planchers={code: Plancher(montant=repartir(CREDITS, poids)[code] // 2, nombre=10) for code in poids},
    )  # fmt: skip


def _brut(sort: random.Random) -> tuple[int, float]:
    """Un axe, et un montant sur trois ans en proportion de la moyenne publiée de cet axe."""
    axe = sort.choices(list(AXES), [nombre for nombre, _ in AXES.values()])[0]
    nombre, publies = AXES[axe]
    return axe, publies / nombre * sort.lognormvariate(0, 0.6)


def _candidat(sort: random.Random, rang: int, axe: int, centimes: float) -> Candidat:
    annees = sort.choices([ANNEES, ANNEES[:2], ANNEES[1:], ANNEES[:1]], [80, 8, 8, 4])[0]
    par_an = max(round(centimes / len(annees) / 100_00), 5) * 100_00
    viable = sort.choices([100, sort.randint(55, 95)], [15, 85])[0]
    exercices = {}
    for annee in annees:
        maximum = par_an * sort.randint(95, 105) // 100_00 * 100
        exercices[annee] = Exercice(minimum=maximum * viable // 100_00 * 100, maximum=maximum)
    return Candidat(
        cle=f"P{rang:05}",
        note=min(max(round(sort.gauss(62, 14) * 100), 1_500), 9_800),
        allocataires=max(round(centimes / 100_00 / sort.uniform(4, 25)), 3),
        exercices=exercices,
        parts=_parts(sort),
        axe=axe,
        est_professionnel=axe != SOCIAL,
        choix=sort.choices([Choix.LIBRE, Choix.RETENU, Choix.ECARTE], [96, 2, 2])[0],
    )


def _parts(sort: random.Random) -> dict[str, int]:
    """Neuf fois sur dix un seul territoire ; sinon deux à quatre, à parts au centième de %."""
    codes, poids = list(TERRITOIRES), [depot for _, depot in TERRITOIRES.values()]
    if sort.random() < 0.9:
        return {sort.choices(codes, poids)[0]: 10_000}
    choisis = sort.sample(codes, sort.randint(2, 4))
    return repartir(10_000, {code: sort.randint(1, 9) for code in choisis})
