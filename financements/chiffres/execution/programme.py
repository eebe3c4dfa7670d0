"""L’exécution d’un périmètre : ses tableaux, tous tirés d’une requête."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from financements.chiffres.execution.cube import Case, CubeDExecution, bornes
from financements.chiffres.execution.lecture import lire_l_execution
from financements.chiffres.execution.mouvements import Mouvements
from financements.chiffres.execution.rythme import Trimestre, rythme
from financements.chiffres.execution.tableaux import (
    Chiffres,
    LigneDAxe,
    LigneDeTerritoire,
    LigneDImputation,
    LigneExercice,
    Parcours,
    TrancheDAge,
    somme,
)
from financements.chiffres.imputation import imputations_de_l_appel
from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import ZERO, pourcent

ANCIEN = 3  # exercices : à partir de là, l’ancienneté ne se détaille plus


class Execution:
    """Lecture paresseuse, posée sur le programme voté : axes, territoires, AE et CP sont les siens, lus une fois.

    `au` : le jour auquel se comptent les anciennetés (aujourd’hui par défaut) ; `sans_territoires` : `par_territoire`
    ne servira pas, le partage entre eux ne se lit pas.
    """

    def __init__(self, programme: Programme, *, au: date | None = None, sans_territoires: bool = False) -> None:
        self.programme, self._sans_territoires = programme, sans_territoires
        self.perimetre = programme.perimetre
        self.au = au or timezone.localdate()

    # --- La matière ---------------------------------------------------------------------------------------
    @cached_property
    def _lue(self) -> tuple[CubeDExecution, Mouvements]:
        return lire_l_execution(self.perimetre, par_territoire=not self._sans_territoires)

    @property
    def _cube(self) -> CubeDExecution:
        return self._lue[0]

    @property
    def _mouvements(self) -> Mouvements:
        return self._lue[1]

    @cached_property
    def exercices(self) -> list[int]:
        """Les années du périmètre, et les exercices où de l’argent a bougé (un solde se paie l’année d’après)."""
        est_sans_bornes = bornes(self.perimetre)["debut"] is None
        reports = {an for couple in self.reports for an in couple} if est_sans_bornes else set()
        return sorted({*self.programme.annees, *(case.exercice for case in self._cube.formes), *reports})

    @property
    def reports(self) -> dict[tuple[int, int], Decimal]:
        """Les reports de crédits (exercice d’origine, d’arrivée → euros), pour le programme entier seulement."""
        return self._mouvements.reports

    # --- Les tableaux -------------------------------------------------------------------------------------
    @cached_property
    def total(self) -> Chiffres:
        """Le périmètre entier."""
        return somme([case.chiffres for case in self._cube.formes])

    @property
    def a_commence(self) -> bool:
        """Vrai si quelque chose est affecté, engagé ou prévu : avant, il n’y a rien à montrer."""
        return bool(self.total.engage or self.total.prevu or self.total.liquide or self._mouvements.affectes)

    @cached_property
    def parcours(self) -> Parcours:
        """AE, affecté, engagé, liquidé, mandaté, payé."""
        enveloppe = self.programme.enveloppe
        affecte = None if self.perimetre.territoire else sum(self._mouvements.affectes.values(), ZERO)
        return Parcours(
            self.total,
            enveloppe.montant_ae if enveloppe else None,
            affecte,
        )

    @cached_property
    def par_exercice(self) -> list[LigneExercice]:
        """Une ligne par exercice ; la couverture cumule ses CP et ceux d’avant, en % de l’AE."""
        votes = {credit.annee: credit.montant_cp for credit in self.programme.credits}
        ae = self.parcours.ae
        par_exercice = self._sommes(self._cube.formes, lambda case: case.exercice)
        lignes, cumul = [], ZERO
        for exercice in self.exercices:
            recus = sum((m for (_, vers), m in self.reports.items() if vers == exercice), ZERO)
            cedes = sum((m for (de, _), m in self.reports.items() if de == exercice), ZERO)
            cp = votes.get(exercice, ZERO) if votes else None
            cumul += (cp or ZERO) + recus - cedes
            lignes.append(
                LigneExercice(
                    exercice=exercice,
                    chiffres=par_exercice[exercice],
                    cp=cp,
                    recus=recus,
                    cedes=cedes,
                    couverture=None if ae is None else pourcent(cumul, ae),
                )
            )
        return lignes

    @cached_property
    def par_axe(self) -> list[LigneDAxe]:
        """Une ligne par axe du périmètre."""
        sommes = self._sommes(self._cube.formes, lambda case: (case.axe, case.exercice))
        affectes = self._mouvements.affectes
        return [
            LigneDAxe(
                axe=axe,
                par_exercice=(annuels := {an: sommes[axe.pk, an] for an in self.exercices}),
                chiffres=somme(list(annuels.values())),
                affecte=None if self.perimetre.territoire else affectes.get(axe.pk, ZERO),
            )
            for axe in self.programme.axes
        ]

    @cached_property
    def par_territoire(self) -> list[LigneDeTerritoire]:
        """Une ligne par territoire du périmètre : leur somme est le programme, au centime."""
        sommes = self._sommes(self._cube.territoires, lambda case: (case.ou, case.exercice))
        return [
            LigneDeTerritoire(
                territoire=territoire,
                par_exercice=(annuels := {an: sommes[territoire.pk, an] for an in self.exercices}),
                chiffres=somme(list(annuels.values())),
            )
            for territoire in self.programme.territoires
        ]

    @cached_property
    def par_imputation(self) -> list[LigneDImputation]:
        """Une ligne par imputation qui a de l’argent, dans l’ordre du budget ; ce qui n’en a pas vient en dernier.

        Deux requêtes de plus : les imputations de l’appel et leurs rattachements.
        """
        connues = imputations_de_l_appel(self.programme.appel)
        numeros = {axe.pk: axe.numero for axe in self.programme.axes}
        sommes: dict[int, Chiffres] = defaultdict(Chiffres)
        for case in self._cube.formes:
            trouvee = connues.chercher(axe=numeros[case.axe], forme_juridique=case.ou, exercice=case.exercice)
            sommes[trouvee.pk if trouvee else 0] += case.chiffres
        lignes = [LigneDImputation(une, sommes[cle]) for cle, une in connues.par_cle.items() if cle in sommes]
        return [*lignes, *([LigneDImputation(None, sommes[0])] if 0 in sommes else [])]

    @cached_property
    def ages(self) -> list[TrancheDAge]:
        """Les restes à mandater par ancienneté de leur exercice, au jour `au`. Leur somme est le reste à mandater."""
        rangees: dict[int, list[LigneExercice]] = defaultdict(list)
        for ligne in self.par_exercice:
            rang = min(max(self.au.year - ligne.exercice, -1), ANCIEN)
            rangees[rang].append(ligne)
        noms = {-1: "exercices à venir", 0: f"exercice {self.au.year}", 1: "un an", 2: "deux ans"}
        noms[ANCIEN] = "trois ans et plus"
        tranches = []
        for rang, nom in noms.items():
            montant = sum((ligne.chiffres.reste_a_mandater for ligne in rangees[rang]), ZERO)
            exercices = [ligne.exercice for ligne in rangees[rang]]
            tranches.append(TrancheDAge(nom, exercices, montant, pourcent(montant, self.total.reste_a_mandater)))
        return tranches

    @cached_property
    def rythme(self) -> list[Trimestre]:
        """Prévu et mandaté, cumulés par trimestre ; vide pour un territoire : un versement se paie d’un bloc."""
        return rythme(self._mouvements)

    @staticmethod
    def _sommes(cases: Iterable[Case], cle: Callable[[Case], Hashable]) -> dict[Hashable, Chiffres]:
        sommes: dict[Hashable, Chiffres] = defaultdict(Chiffres)
        for case in cases:
            sommes[cle(case)] += case.chiffres
        return sommes
