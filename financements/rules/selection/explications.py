"""Ce qui explique une sélection : les contraintes qui pèsent, et les projets qui ont manqué de peu."""

from dataclasses import dataclass
from fractions import Fraction

from financements.rules.selection.comptes import Comptes, Obstacle, montants_en_bornes
from financements.rules.selection.contraintes import Ligne, Repere, Sorte
from financements.rules.selection.modele import Modele, Reels
from financements.rules.selection.prix import apports
from financements.rules.selection.probleme import Candidat, Choix
from financements.rules.selection.solution import Solution

NEGLIGEABLE = 1e-7
FINESSE = 10_000  # les points d’une explication se disent au dix-millième : ce sont des ordres de grandeur


@dataclass(frozen=True, slots=True)
class Tension:
    """Une contrainte qui pèse sur la sélection.

    `gain` en points : de combien monterait la borne de la valeur si l’on desserrait la contrainte d’un cran, soit 1
    000 € de plus dans une enveloppe, 1 000 € ou un projet de moins dans un plancher, un point de moins de part
    professionnelle. C’est le prix de la relaxation linéaire, où un projet peut être retenu en partie : une pente,
    exacte pour un petit cran, et un ordre de grandeur pour la sélection elle-même. `reste` : ce que la sélection y
    laisse, en centimes (ou en projets).
    """

    repere: Repere
    gain: Fraction
    reste: int


@dataclass(frozen=True, slots=True)
class Manque:
    """Un projet libre et non retenu.

    `apport` en points : sa valeur au meilleur montant moins ce qu’il consomme au prix des contraintes ; le retenir
    d’office abaisserait la borne d’au moins l’opposé. `obstacles` : où son minimum ne tient pas dans ce que la
    sélection laisse.
    """

    cle: str
    apport: Fraction
    obstacles: tuple[Obstacle, ...]
    est_financable: bool


def tensions(modele: Modele, prix: Reels, solution: Solution) -> tuple[Tension, ...]:
    """Les contraintes de prix non nul, de la plus chère à la moins chère."""
    comptes = Comptes.de(modele.probleme, solution.montants)
    trouvees = [
        Tension(ligne.repere, _arrondi(_cran(comptes, ligne, modele) * abs(prix[rang])), comptes.reste(ligne.repere))
        for rang, ligne in enumerate(modele.lignes)
        if abs(prix[rang]) > NEGLIGEABLE
    ]
    return tuple(sorted(trouvees, key=lambda tension: (-tension.gain, tension.repere)))


def _cran(comptes: Comptes, ligne: Ligne, modele: Modele) -> Fraction:
    """Le cran, dans l’unité de la ligne : 1 000 €, un projet, ou un centième de ce qui est donné dans l’année."""
    if ligne.repere.sorte is Sorte.PART_PROFESSIONNELLE:
        donnes = comptes.prises[Repere(Sorte.CREDITS, annee=ligne.repere.annee)]
        return Fraction(donnes, 100 * 100 * modele.echelle)
    return Fraction(1) if ligne.repere.sorte is Sorte.PLANCHER_NOMBRE else Fraction(1_000, modele.echelle)


def _arrondi(points: float) -> Fraction:
    return Fraction(round(points * FINESSE), FINESSE)


def manques_de_peu(modele: Modele, prix: Reels, solution: Solution, nombre: int) -> tuple[Manque, ...]:
    """Les projets libres non retenus dont l’apport est le plus grand ; ceux sans montant possible en dernier."""
    comptes = Comptes.de(modele.probleme, solution.montants)
    perdants = [
        (not candidat.est_financable, -apport, candidat.cle, candidat)
        for candidat, apport in zip(modele.probleme.candidats, apports(modele, prix), strict=True)
        if candidat.choix is Choix.LIBRE and candidat.cle not in solution.montants
    ]
    perdants.sort(key=lambda perdant: perdant[:3])
    return tuple(_manque(comptes, candidat, _arrondi(-oppose)) for _, oppose, _, candidat in perdants[:nombre])


def _manque(comptes: Comptes, candidat: Candidat, apport: Fraction) -> Manque:
    obstacles = comptes.obstacles(candidat, montants_en_bornes(candidat, au_maximum=False))
    return Manque(candidat.cle, apport, tuple(obstacles), candidat.est_financable)
