"""Le calcul d’une répartition : réserve, départ, convergence, bornes et axes. En centimes, sans rien lire ailleurs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from territoires.rules.amortisseur import Amortissement, amortir, planchers_depuis
from territoires.rules.convergence import poids_convergents
from territoires.rules.plus_forts_restes import VERSION_ALGORITHME
from territoires.rules.refus import RepartitionRefusee, euros

# À garder avec toute répartition : un changement du calcul ci-dessous est une nouvelle version.
ALGORITHME = f"repartition/1 {VERSION_ALGORITHME}"
CENT_POUR_CENT = 10_000  # en centièmes de pour cent


@dataclass(frozen=True, slots=True)
class Quotite:
    """Un montant (centimes), ou une part en centièmes de pour cent : l’un des deux."""

    centimes: int | None = None
    centiemes: int | None = None

    def de(self, base: int) -> Fraction:
        """Le montant exact, en centimes, que cela fait de `base`."""
        if self.centimes is not None:
            return Fraction(self.centimes)
        return Fraction(base * (self.centiemes or 0), CENT_POUR_CENT)


@dataclass(frozen=True, slots=True)
class Depart:
    """Ce dont on part : une version précédente ou les crédits de référence. `montants` : année → code → centimes."""

    libelle: str
    montants: dict[int, dict[str, int]]


@dataclass(frozen=True)
class Donnees:
    """Tout ce que le calcul lit. `perte`, `gain` : centièmes de pour cent du départ ; `duree` : années de convergence.

    `effectifs` : code → allocataires ; `cp` : année → crédits de paiement ; `axes` : (numéro, année).
    """

    effectifs: dict[str, int]
    cp: dict[int, int]
    unite: int = 1
    reserves: dict[int, Quotite] = field(default_factory=dict)
    axes: dict[tuple[int, int], Quotite] = field(default_factory=dict)
    depart: Depart | None = None
    perte: int | None = None
    gain: int | None = None
    duree: int | None = None


@dataclass(frozen=True)
class AnneeRepartie:
    """Une année : `total` va aux territoires, `reserve` reste. `poids` : ceux du calcul, convergence comprise."""

    annee: int
    reserve: int
    total: int
    poids: dict[str, int]
    amortissement: Amortissement
    axes: dict[int, int]

    @property
    def montants(self) -> dict[str, int]:
        """Code → dotation, en centimes ; leur somme est `total`."""
        return self.amortissement.montants


@dataclass(frozen=True)
class Resultat:
    """Les années calculées, et pour les autres la phrase qui dit pourquoi elles ne se calculent pas."""

    annees: dict[int, AnneeRepartie]
    refus: dict[int, str]

    @property
    def est_possible(self) -> bool:
        """Vrai si chaque année se répartit."""
        return not self.refus


def calculer(donnees: Donnees) -> Resultat:
    """Répartit chaque année au prorata, entre les bornes. Une année impossible n’empêche pas de montrer les autres."""
    annees, refus = {}, {}
    for rang, annee in enumerate(sorted(donnees.cp), start=1):
        try:
            annees[annee] = _annee(donnees, annee, rang)
        except RepartitionRefusee as raison:
            refus[annee] = str(raison)
    return Resultat(annees, refus)


def _annee(donnees: Donnees, annee: int, rang: int) -> AnneeRepartie:
    reserve = _reserve(donnees, annee)
    total = donnees.cp[annee] - reserve
    precedent = donnees.depart.montants.get(annee, {}) if donnees.depart else {}
    poids = _poids(donnees, precedent, rang)
    planchers = {} if donnees.perte is None else planchers_depuis(precedent, Fraction(donnees.perte, CENT_POUR_CENT))
    plafonds = None if donnees.gain is None else _plafonds(precedent, donnees.gain)
    return AnneeRepartie(
        annee=annee,
        reserve=reserve,
        total=total,
        poids=poids,
        amortissement=amortir(total, poids, planchers, plafonds, unite=donnees.unite),
        axes=_axes(donnees, annee, total),
    )


def _reserve(donnees: Donnees, annee: int) -> int:
    """Une réserve en pour cent prend aussi ce que l’unité d’arrondi ne sait pas distribuer."""
    cp = donnees.cp[annee]
    quotite = donnees.reserves.get(annee, Quotite(centimes=0))
    exacte = quotite.de(cp)
    if exacte > cp:
        raise RepartitionRefusee(f"La réserve ({euros(floor(exacte))}) dépasse les crédits de paiement ({euros(cp)}).")
    if quotite.centimes is not None:
        return quotite.centimes
    return cp - floor((cp - exacte) / donnees.unite) * donnees.unite


def _poids(donnees: Donnees, precedent: Mapping[str, int], rang: int) -> dict[str, int]:
    if donnees.duree is None:
        return donnees.effectifs
    etape = min(rang, donnees.duree)
    poids = poids_convergents(precedent, donnees.effectifs, etape=etape, duree=donnees.duree)
    return {code: poids[code] for code in donnees.effectifs}


def _plafonds(precedent: Mapping[str, int], gain: int) -> dict[str, int]:
    """« Aucun territoire ne gagne plus de x % »."""
    return {code: montant * (CENT_POUR_CENT + gain) // CENT_POUR_CENT for code, montant in precedent.items()}


def _axes(donnees: Donnees, annee: int, total: int) -> dict[int, int]:
    """Les dotations d’axe, à l’unité inférieure ; une part se compte sur ce qui va aux territoires."""
    axes = {
        numero: floor(quotite.de(total) / donnees.unite) * donnees.unite
        if quotite.centimes is None
        else quotite.centimes
        for (numero, an), quotite in sorted(donnees.axes.items())
        if an == annee
    }
    if sum(axes.values()) > total:
        raise RepartitionRefusee(
            f"Les dotations d’axe ({euros(sum(axes.values()))}) dépassent ce qui est à répartir ({euros(total)})."
        )
    return axes


def en_json(donnees: Donnees) -> dict[str, Any]:
    """Ce que garde une version : de quoi refaire le calcul sans rien lire d’autre."""
    depart = donnees.depart
    return {
        "nature": "prorata",
        "effectifs": donnees.effectifs,
        "cp": _cles_en_texte(donnees.cp),
        "unite": donnees.unite,
        "reserves": {str(annee): _quotite_en_json(q) for annee, q in sorted(donnees.reserves.items())},
        "axes": {f"{numero}/{annee}": _quotite_en_json(q) for (numero, annee), q in sorted(donnees.axes.items())},
        "depart": {"libelle": depart.libelle, "montants": _cles_en_texte(depart.montants)} if depart else None,
        "perte": donnees.perte,
        "gain": donnees.gain,
        "duree": donnees.duree,
    }


def depuis_json(parametres: Mapping[str, Any]) -> Donnees:
    """L’inverse d’`en_json`."""
    depart = parametres["depart"]
    return Donnees(
        effectifs=dict(parametres["effectifs"]),
        cp={int(annee): cp for annee, cp in parametres["cp"].items()},
        unite=parametres["unite"],
        reserves={int(annee): Quotite(**q) for annee, q in parametres["reserves"].items()},
        axes={_cle_d_axe(cle): Quotite(**q) for cle, q in parametres["axes"].items()},
        depart=Depart(depart["libelle"], {int(annee): dict(m) for annee, m in depart["montants"].items()})
        if depart
        else None,
        perte=parametres["perte"],
        gain=parametres["gain"],
        duree=parametres["duree"],
    )


def _cle_d_axe(cle: str) -> tuple[int, int]:
    numero, annee = cle.split("/")
    return int(numero), int(annee)


def _quotite_en_json(quotite: Quotite) -> dict[str, int]:
    if quotite.centimes is not None:
        return {"centimes": quotite.centimes}
    return {"centiemes": quotite.centiemes or 0}


def _cles_en_texte(tableau: Mapping[int, Any]) -> dict[str, Any]:
    return {str(cle): tableau[cle] for cle in sorted(tableau)}
