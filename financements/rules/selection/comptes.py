"""Ce qui est pris et ce qui reste, au centime, à mesure qu’on retient des projets."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from financements.rules.selection.contraintes import Repere, Sorte, plafonds
from financements.rules.selection.probleme import ENTIER, EURO, Candidat, Probleme
from financements.rules.selection.solution import Montants, parts_d_un_montant


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Une enveloppe où un montant ne tient pas : ce qui y reste, et ce qu’il y prendrait, en centimes."""

    repere: Repere
    reste: int
    besoin: int


def montants_en_bornes(candidat: Candidat, *, au_maximum: bool) -> dict[int, int]:
    """Année → centimes, tous au maximum ou tous au minimum, en euros entiers."""
    return {annee: e.bornes[int(au_maximum)] * EURO for annee, e in candidat.exercices.items()}


class Comptes:
    """Les prises de chaque contrainte. Sous `PART_PROFESSIONNELLE` : ce que prend le volet professionnel."""

    def __init__(self, probleme: Probleme) -> None:
        self._probleme = probleme
        self._plafonds = plafonds(probleme)
        self.prises = Counter[Repere]()

    @classmethod
    def de(cls, probleme: Probleme, montants: Montants) -> "Comptes":
        """Ceux d’une sélection."""
        comptes = cls(probleme)
        for candidat in probleme.candidats:
            if candidat.cle in montants:
                comptes.ajouter(candidat, montants[candidat.cle])
        return comptes

    def ajouter(self, candidat: Candidat, montants: Mapping[int, int]) -> None:
        """Retenir ce projet à ces montants (année → centimes)."""
        self.prises.update(consommations(candidat, montants))

    def retirer(self, candidat: Candidat, montants: Mapping[int, int]) -> None:
        """L’inverse d’`ajouter`."""
        self.prises.subtract(consommations(candidat, montants))

    def reste(self, repere: Repere) -> int:
        """Ce qui reste sous un plafond ou au-dessus d’un plancher, en centimes ou en projets ; négatif : enfreint."""
        if repere in self._plafonds:
            return self._plafonds[repere] - self.prises[repere]
        if repere.sorte is Sorte.PART_PROFESSIONNELLE:
            return self.social_possible(repere.annee)
        plancher = self._probleme.planchers[repere.territoire]
        du = plancher.montant if repere.sorte is Sorte.PLANCHER_MONTANT else plancher.nombre
        return self.prises[repere] - du

    def social_possible(self, annee: int) -> int:
        """Ce que le volet social peut encore prendre sans que la part professionnelle tombe sous son minimum."""
        professionnel = self.prises[Repere(Sorte.PART_PROFESSIONNELLE, annee=annee)]
        minimale = self._probleme.part_professionnelle[annee]
        return professionnel * ENTIER // minimale - self.prises[Repere(Sorte.CREDITS, annee=annee)]

    def obstacles(self, candidat: Candidat, montants: Mapping[int, int], *, part_tenue: bool = True) -> list[Obstacle]:
        """Où ces montants ne tiennent pas dans ce qui reste. `part_tenue` : regarder aussi la part professionnelle."""
        trouves = [
            Obstacle(repere, self._plafonds[repere] - self.prises[repere], besoin)
            for repere, besoin in consommations(candidat, montants).items()
            if repere in self._plafonds and self.prises[repere] + besoin > self._plafonds[repere]
        ]
        if part_tenue and not candidat.est_professionnel:
            for annee, besoin in montants.items():
                if self._probleme.part_professionnelle.get(annee) and besoin > (reste := self.social_possible(annee)):
                    trouves.append(Obstacle(Repere(Sorte.PART_PROFESSIONNELLE, annee=annee), reste, besoin))
        return trouves


def consommations(candidat: Candidat, montants: Mapping[int, int]) -> dict[Repere, int]:
    """Ce que ces montants prennent à chaque contrainte, parts des territoires aux plus forts restes."""
    prises: dict[Repere, int] = {Repere(Sorte.PLANCHER_NOMBRE, territoire=code): 1 for code in candidat.parts}
    du_territoire = Counter[str]()
    for annee, centimes in montants.items():
        for code, part in parts_d_un_montant(candidat, centimes).items():
            prises[Repere(Sorte.TERRITOIRE, annee=annee, territoire=code)] = part
            du_territoire[code] += part
        prises[Repere(Sorte.AXE, annee=annee, axe=candidat.axe)] = centimes
        prises[Repere(Sorte.CREDITS, annee=annee)] = centimes
        if candidat.est_professionnel:
            prises[Repere(Sorte.PART_PROFESSIONNELLE, annee=annee)] = centimes
    prises |= {Repere(Sorte.PLANCHER_MONTANT, territoire=code): total for code, total in du_territoire.items()}
    return prises
