"""L’échéancier d’une action : chaque tranche partagée entre les étapes de la règle de versement, au centime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from territoires.rules.plus_forts_restes import repartir

CENT_POUR_CENT = 100_00  # centièmes de pour cent
SOLDE = "solde"
AU_PLUS = 6  # étapes par règle


@dataclass(frozen=True, slots=True)
class Etape:
    """Une étape de la règle. `part` : centièmes de pour cent de la tranche ; `decalage` : années après la sienne."""

    rang: int
    nature: str
    part: int
    decalage: int = 0
    mois: int = 1
    attend_la_convention: bool = True
    attend_le_bilan_precedent: bool = False
    attend_le_bilan: bool = False
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Echeance:
    """Un versement prévu (centimes). `annee` : celle de la tranche ; `exercice` : celui dont il prend les crédits."""

    annee: int
    exercice: int
    rang: int
    nature: str
    montant: int
    prevu_le: date
    attend_la_convention: bool
    attend_le_bilan_de: int | None
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pose:
    """Un versement déjà écrit d’une tranche (centimes). `est_fige` : liquidé ou payé, il ne change plus."""

    cle: int
    montant: int
    est_fige: bool


class TropVerse(Exception):
    """La tranche descendrait sous ce qui est déjà liquidé. `verse` en centimes."""

    def __init__(self, verse: int) -> None:
        super().__init__(f"{verse} centimes sont déjà versés")
        self.verse = verse


# Une règle ne se fait pas de rien : ces modèles se copient, puis s’ajustent.
_SUR_BILAN = {"decalage": 1, "mois": 9, "attend_le_bilan": True, "pieces": ("Décompte des dépenses de l’année",)}
MODELES: dict[str, tuple[str, tuple[Etape, ...]]] = {
    "80-20": (
        "80 % puis 20 % sur bilan",
        (
            Etape(1, "avance", 80_00, mois=3, attend_le_bilan_precedent=True),
            Etape(2, SOLDE, 20_00, **_SUR_BILAN),  # type: ignore[arg-type]
        ),
    ),
    "50-30-20": (
        "50 %, 30 % puis 20 % sur bilan",
        (
            Etape(1, "avance", 50_00, mois=3, attend_le_bilan_precedent=True),
            Etape(2, "acompte", 30_00, mois=9, pieces=("État des dépenses à mi-année",)),
            Etape(3, SOLDE, 20_00, **_SUR_BILAN),  # type: ignore[arg-type]
        ),
    ),
    "annuel": ("en une fois, chaque année", (Etape(1, "avance", CENT_POUR_CENT, mois=3),)),
    "annuel-sur-bilan": (
        "chaque année, sur bilan de la précédente",
        (Etape(1, "avance", CENT_POUR_CENT, mois=3, attend_le_bilan_precedent=True),),
    ),
}
PAR_DEFAUT = MODELES["annuel"][1]  # un appel sans règle paie chaque tranche en une fois


def defauts_de_la_regle(etapes: Sequence[Etape]) -> list[str]:
    """Ce qui empêche une règle de servir, en français ; vide si elle est juste."""
    if not etapes:
        return ["Donnez au moins une étape."]
    defauts = []
    somme = sum(etape.part for etape in etapes)
    if somme != CENT_POUR_CENT:
        defauts.append(f"Les parts font {_pourcent(somme)}\u00a0: il faut 100\u00a0%.")
    if len(etapes) > AU_PLUS:
        defauts.append(f"Une règle a au plus {AU_PLUS}\u00a0étapes.")
    if any(etape.nature == SOLDE for etape in etapes[:-1]):
        defauts.append("Le solde est la dernière étape.")
    dates = [(etape.decalage, etape.mois) for etape in etapes]
    if dates != sorted(dates):
        defauts.append("Les étapes se suivent dans le temps.")
    if any(etape.nature == SOLDE and not etape.attend_le_bilan for etape in etapes):
        defauts.append("Un solde attend le bilan de l’année\u00a0: son montant en vient.")
    return defauts


def _pourcent(centiemes: int) -> str:
    entier, reste = divmod(centiemes, 100)
    return f"{entier},{reste:02d}\u00a0%".replace(",00", "")


def echeancier(tranches: Mapping[int, int], etapes: Sequence[Etape]) -> list[Echeance]:
    """Année → centimes, partagés entre les étapes par les plus forts restes : Σ = la tranche. Rien à zéro.

    Le bilan de l’année d’avant ne s’attend que si l’action avait une tranche cette année-là.
    """
    parts = {f"{etape.rang:02d}": etape.part for etape in etapes}
    echeances = []
    for annee, montant in sorted(tranches.items()):
        if not montant:
            continue
        partage = repartir(montant, parts)
        for etape in etapes:
            centimes = partage[f"{etape.rang:02d}"]
            if centimes:
                echeances.append(_echeance(annee, etape, centimes, tranches))
    return echeances


def _echeance(annee: int, etape: Etape, centimes: int, tranches: Mapping[int, int]) -> Echeance:
    bilan = None
    if etape.attend_le_bilan:
        bilan = annee
    elif etape.attend_le_bilan_precedent and tranches.get(annee - 1):
        bilan = annee - 1
    exercice = annee + etape.decalage
    return Echeance(
        annee=annee,
        exercice=exercice,
        rang=etape.rang,
        nature=etape.nature,
        montant=centimes,
        prevu_le=date(exercice, etape.mois, 1),
        attend_la_convention=etape.attend_la_convention,
        attend_le_bilan_de=bilan,
        pieces=etape.pieces,
    )


def recaler(tranche: int, poses: Sequence[Pose]) -> dict[int, int]:
    """Les montants des versements d’une tranche devenue `tranche` : clé → centimes. Les figés gardent le leur.

    Ce qui n’est pas figé se partage le reste, au prorata de ce qui était prévu, à parts égales si rien ne l’était.
    Lève `TropVerse` si le figé dépasse la tranche ; `ValueError` s’il reste à verser et que tout est figé.
    """
    fige = sum(pose.montant for pose in poses if pose.est_fige)
    libres = [pose for pose in poses if not pose.est_fige]
    reste = tranche - fige
    if reste < 0:
        raise TropVerse(fige)
    montants = {pose.cle: pose.montant for pose in poses if pose.est_fige}
    if not libres:
        if reste:
            raise ValueError(f"{reste} centimes restent à verser, sans versement pour les porter")
        return montants
    poids = {f"{rang:03d}": pose.montant for rang, pose in enumerate(libres)}
    if not any(poids.values()):
        poids = dict.fromkeys(poids, 1)
    partage = repartir(reste, poids)
    return montants | {pose.cle: partage[f"{rang:03d}"] for rang, pose in enumerate(libres)}
