"""Revérifier une sélection en entiers, sans rien savoir de ce qui l’a calculée."""

from collections import Counter
from dataclasses import dataclass

from financements.rules.selection.contraintes import Repere, Sorte
from financements.rules.selection.probleme import ENTIER, EURO, Candidat, Choix, Probleme
from financements.rules.selection.solution import Solution, parts_d_un_montant


@dataclass(frozen=True, slots=True)
class Violation:
    """Une contrainte que la sélection ne tient pas : ce qu’elle atteint, et la borne (centimes, ou projets)."""

    repere: Repere
    atteint: int
    borne: int


def verifier(probleme: Probleme, solution: Solution) -> list[Violation]:
    """Tout ce que la sélection ne tient pas, au centime. Liste vide : elle tient tout."""
    consommes, violations = Counter[Repere](), list[Violation]()
    connus = {candidat.cle for candidat in probleme.candidats}
    violations += [Violation(Repere(Sorte.ECARTE, projet=cle), 1, 0) for cle in solution.montants if cle not in connus]
    for candidat in probleme.candidats:
        violations += _choix_et_montants(candidat, solution)
        for annee, centimes in solution.montants.get(candidat.cle, {}).items():
            _consommer(consommes, candidat, annee, centimes)
        if candidat.cle in solution.montants:
            consommes.update(Repere(Sorte.PLANCHER_NOMBRE, territoire=code) for code in candidat.parts)
    return violations + _enveloppes(probleme, consommes) + _planchers(probleme, consommes)


def _choix_et_montants(candidat: Candidat, solution: Solution) -> list[Violation]:
    montants = solution.montants.get(candidat.cle)
    if montants is None:
        force = candidat.choix is Choix.RETENU
        return [Violation(Repere(Sorte.RETENU, projet=candidat.cle), 0, 1)] if force else []
    violations = []
    if candidat.choix is Choix.ECARTE:
        violations.append(Violation(Repere(Sorte.ECARTE, projet=candidat.cle), 1, 0))
    for annee in sorted(candidat.exercices.keys() | montants.keys()):
        centimes, exercice = montants.get(annee, 0), candidat.exercices.get(annee)
        bas, haut = (exercice.minimum, exercice.maximum) if exercice else (0, 0)
        repere = Repere(Sorte.MONTANT, annee=annee, projet=candidat.cle)
        if not bas <= centimes <= haut or centimes % EURO:
            violations.append(Violation(repere, centimes, bas if centimes < bas else haut))
    return violations


def _consommer(consommes: Counter[Repere], candidat: Candidat, annee: int, centimes: int) -> None:
    for code, part in parts_d_un_montant(candidat, centimes).items():
        consommes[Repere(Sorte.TERRITOIRE, annee=annee, territoire=code)] += part
        consommes[Repere(Sorte.PLANCHER_MONTANT, territoire=code)] += part
    consommes[Repere(Sorte.AXE, annee=annee, axe=candidat.axe)] += centimes
    consommes[Repere(Sorte.CREDITS, annee=annee)] += centimes
    if candidat.est_professionnel:
        consommes[Repere(Sorte.PART_PROFESSIONNELLE, annee=annee)] += centimes


def _enveloppes(probleme: Probleme, consommes: Counter[Repere]) -> list[Violation]:
    plafonds = {Repere(Sorte.TERRITOIRE, annee=a, territoire=code): e for (code, a), e in probleme.territoires.items()}
    plafonds |= {Repere(Sorte.AXE, annee=a, axe=axe): e for (axe, a), e in probleme.axes.items()}
    plafonds |= {Repere(Sorte.CREDITS, annee=a): e for a, e in probleme.credits.items()}
    return [Violation(r, consommes[r], plafond) for r, plafond in plafonds.items() if consommes[r] > plafond]


def _planchers(probleme: Probleme, consommes: Counter[Repere]) -> list[Violation]:
    planchers = {
        Repere(Sorte.PART_PROFESSIONNELLE, annee=a): -(-part * consommes[Repere(Sorte.CREDITS, annee=a)] // ENTIER)
        for a, part in probleme.part_professionnelle.items()
    }
    for code, plancher in probleme.planchers.items():
        planchers[Repere(Sorte.PLANCHER_MONTANT, territoire=code)] = plancher.montant
        planchers[Repere(Sorte.PLANCHER_NOMBRE, territoire=code)] = plancher.nombre
    return [Violation(r, consommes[r], plancher) for r, plancher in planchers.items() if consommes[r] < plancher]
