"""La sélection qu’on ferait à la main : par note décroissante, au maximum, sinon au minimum, sinon pas."""

from collections.abc import Iterable

from financements.rules.selection.comptes import Comptes, montants_en_bornes
from financements.rules.selection.contraintes import Repere, Sorte
from financements.rules.selection.probleme import ENTIER, Candidat, Choix, Probleme
from financements.rules.selection.solution import Solution, valeur


def glouton(probleme: Probleme) -> Solution:
    """Les projets imposés, puis ceux qui manquent aux planchers, puis tous, du mieux noté au moins bien.

    Toutes les enveloppes sont respectées. Le volet social y prend au plus ce que la part professionnelle lui laisse
    des crédits de l’année, et ses derniers projets sortent si le volet professionnel ne suit pas. Rien ne garantit
    qu’il tienne les planchers ou les projets imposés : `verifier` le dit.
    """
    choix = _Choix(probleme)
    classes = sorted(
        (c for c in probleme.candidats if c.choix is not Choix.ECARTE and c.est_financable),
        key=lambda c: (-c.note, c.cle),
    )
    choix.prendre(c for c in classes if c.choix is Choix.RETENU)
    for code in probleme.planchers:
        choix.prendre(c for c in classes if code in c.parts and choix.manque(code))
    choix.prendre(classes)
    choix.retirer_le_social_en_trop(classes)
    return Solution(choix.montants, valeur(probleme, choix.montants))


class _Choix:
    """Ce qui est déjà pris, projet par projet."""

    def __init__(self, probleme: Probleme) -> None:
        self._probleme = probleme
        self._comptes = Comptes(probleme)
        self.montants: dict[str, dict[int, int]] = {}

    def prendre(self, candidats: Iterable[Candidat]) -> None:
        """Chacun à son tour, au maximum, sinon au minimum, s’il tient."""
        for candidat in candidats:
            if candidat.cle in self.montants:
                continue
            for au_maximum in (True, False):
                montants = montants_en_bornes(candidat, au_maximum=au_maximum)
                if self._tient(candidat, montants):
                    self.montants[candidat.cle] = montants
                    self._comptes.ajouter(candidat, montants)
                    break

    def manque(self, code: str) -> bool:
        """Vrai si le territoire est sous l’un de ses planchers."""
        sortes = (Sorte.PLANCHER_MONTANT, Sorte.PLANCHER_NOMBRE)
        return any(self._comptes.reste(Repere(sorte, territoire=code)) < 0 for sorte in sortes)

    def retirer_le_social_en_trop(self, classes: list[Candidat]) -> None:
        """Du moins bien noté au mieux, tant que la part professionnelle d’une de ses années n’est pas tenue."""
        for candidat in reversed(classes):
            if candidat.est_professionnel or candidat.choix is Choix.RETENU:
                continue
            montants = self.montants.get(candidat.cle, {})
            if any(self._comptes.social_possible(annee) < 0 for annee in self._annees_bornees(montants)):
                self._comptes.retirer(candidat, self.montants.pop(candidat.cle))

    def _tient(self, candidat: Candidat, montants: dict[int, int]) -> bool:
        if self._comptes.obstacles(candidat, montants, part_tenue=False):
            return False
        return candidat.est_professionnel or all(
            montants[annee] <= self._social_reserve(annee) for annee in self._annees_bornees(montants)
        )

    def _annees_bornees(self, montants: dict[int, int]) -> list[int]:
        return [annee for annee in montants if self._probleme.part_professionnelle.get(annee)]

    def _social_reserve(self, annee: int) -> int:
        """Ce que le volet social peut encore prendre, si tous les crédits de l’année finissent par servir."""
        prises = self._comptes.prises
        social = prises[Repere(Sorte.CREDITS, annee=annee)] - prises[Repere(Sorte.PART_PROFESSIONNELLE, annee=annee)]
        part = ENTIER - self._probleme.part_professionnelle[annee]
        return credits_de(self._probleme, annee) * part // ENTIER - social


def credits_de(probleme: Probleme, annee: int) -> int:
    """Le plafond de CP de l’année, à défaut la somme des enveloppes des territoires, en centimes."""
    if annee in probleme.credits:
        return probleme.credits[annee]
    return sum(enveloppe for (_, a), enveloppe in probleme.territoires.items() if a == annee)
