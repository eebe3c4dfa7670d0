"""Comparer les exercices : N contre N-1, et chaque année contre celle du programme précédent de même rang."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from financements.chiffres.execution.programme import Execution
from financements.chiffres.execution.tableaux import Chiffres, LigneExercice
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import pourcent
from projets.models import AppelAProjets


@dataclass(frozen=True)
class Ecart:
    """Un montant face à celui auquel on le compare (euros)."""

    montant: Decimal
    reference: Decimal

    @property
    def difference(self) -> Decimal:
        """Montant − référence."""
        return self.montant - self.reference

    @property
    def en_pourcent(self) -> Decimal | None:
        """Différence, en % de la référence ; None si elle est nulle."""
        return pourcent(self.difference, self.reference)


@dataclass(frozen=True)
class LigneComparee:
    """Un exercice contre un autre. `ecarts` : attribué, engagé, mandaté, payé."""

    exercice: int
    reference: int
    ecarts: tuple[Ecart, ...]


@dataclass(frozen=True)
class Comparaison:
    """Les deux comparaisons ; `precedent` est None s’il n’y a pas de programme d’avant."""

    annees: list[LigneComparee]
    precedent: AppelAProjets | None
    programmes: list[LigneComparee]


def programme_precedent(appel: AppelAProjets) -> AppelAProjets | None:
    """Le dernier programme fini avant celui-ci qui a des actions votées. L’empreinte des données le sait aussi."""
    finis = AppelAProjets.objects.filter(annee_fin__lt=appel.annee_debut, projets__action__isnull=False)
    return finis.order_by("-annee_fin", "-pk").first()


def comparer_les_annees(execution: Execution, precedent: AppelAProjets | None) -> Comparaison:
    """Sans requête de plus pour N contre N-1 ; celles d’un programme pour le précédent."""
    # Dans les seules années des programmes : un solde payé l’année d’après n’a pas d’homologue.
    lignes = _des_annees(execution.par_exercice, execution.programme.appel)
    annees = [_comparer(une, avant) for avant, une in pairwise(lignes)]
    if precedent is None:
        return Comparaison(annees, None, [])
    anciennes = _des_annees(
        Execution(Programme(Perimetre.entier(precedent)), sans_territoires=True).par_exercice, precedent
    )
    paires = zip(lignes, anciennes, strict=False)  # par le rang
    return Comparaison(annees, precedent, [_comparer(une, ancienne) for une, ancienne in paires])


def _des_annees(lignes: list[LigneExercice], appel: AppelAProjets) -> list[LigneExercice]:
    return [ligne for ligne in lignes if appel.annee_debut <= ligne.exercice <= appel.annee_fin]


def _comparer(une: LigneExercice, autre: LigneExercice) -> LigneComparee:
    return LigneComparee(une.exercice, autre.exercice, _ecarts(une.chiffres, autre.chiffres))


def _ecarts(une: Chiffres, autre: Chiffres) -> tuple[Ecart, ...]:
    return (
        Ecart(une.attribue, autre.attribue),
        Ecart(une.engage, autre.engage),
        Ecart(une.mandate, autre.mandate),
        Ecart(une.paye, autre.paye),
    )
