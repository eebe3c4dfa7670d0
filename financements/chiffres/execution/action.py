"""L’exécution d’une action : par exercice, par tranche, versement par versement, avec ce qui manque à chacun."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from financements.chiffres.execution.liquidation import (
    LIQUIDABLES,
    avec_obstacles,
    credits_libres,
    situations,
)
from financements.chiffres.tableaux import ZERO
from financements.models import (
    Action,
    Bilan,
    MouvementDEngagement,
    ProcedureContradictoire,
    SoldeArrete,
    TitreDeRecette,
    Tranche,
    Versement,
)
from financements.states.execution import VERSEMENTS_COMPTES, VERSEMENTS_MANDATES, EtatTitre, EtatVersement

_A_DIRE = (*LIQUIDABLES, EtatVersement.SUSPENDU.value)


@dataclass(frozen=True, slots=True)
class LigneDExecution:
    """Un exercice, ou une tranche (euros). `liquide` : liquidé et au-delà ; `mandate` : parti chez le comptable."""

    annee: int
    base: Decimal
    liquide: Decimal
    mandate: Decimal

    @property
    def reste(self) -> Decimal:
        """Ce qui n’est pas encore liquidé."""
        return self.base - self.liquide


@dataclass(frozen=True, slots=True)
class VersementVu:
    """Un versement et ce qui manque pour le liquider ; vide s’il est prêt, ou déjà parti."""

    versement: Versement
    manques: list[str]
    est_pret: bool


class ExecutionDeLAction:
    """Lecture paresseuse : au plus une requête ou deux par tableau (lit `projet.appel`)."""

    def __init__(self, action: Action, *, pour_l_organisme: bool = False) -> None:
        self.action, self.pour_l_organisme = action, pour_l_organisme

    @cached_property
    def versements(self) -> list[VersementVu]:
        """Tous, par année de tranche et par rang."""
        siens, appel = Versement.objects.filter(action=self.action), self.action.projet.appel
        lignes = avec_obstacles(siens, appel, [self.action.pk])
        lus = list(lignes.select_related("compte").prefetch_related("pieces__document").order_by("annee", "rang"))
        if self.pour_l_organisme:  # les crédits du département ne sont pas son affaire
            dits = situations(lus, None, None)
        else:
            dits = situations(lus, *credits_libres(appel, [self.action.pk]))
        return [
            VersementVu(v, dits[v.pk], not dits[v.pk]) if v.etat in _A_DIRE else VersementVu(v, [], est_pret=False)
            for v in lus
        ]

    @cached_property
    def mouvements(self) -> list[MouvementDEngagement]:
        """L’histoire de l’engagement, du plus ancien au plus récent."""
        return list(MouvementDEngagement.objects.filter(action=self.action).order_by("fait_le", "pk"))

    @property
    def est_engagee(self) -> bool:
        """Un engagement au moins est écrit."""
        return bool(self.mouvements)

    @cached_property
    def exercices(self) -> list[LigneDExecution]:
        """Engagé, liquidé, reste, exercice par exercice."""
        engages: dict[int, Decimal] = defaultdict(Decimal)
        for mouvement in self.mouvements:
            engages[mouvement.exercice] += mouvement.montant
        return [self._ligne(an, engage, "exercice") for an, engage in sorted(engages.items())]

    @cached_property
    def tranches(self) -> list[LigneDExecution]:
        """Attribué, liquidé, reste, tranche par tranche."""
        lues = Tranche.objects.filter(action=self.action).order_by("annee").values_list("annee", "montant")
        return [self._ligne(annee, montant, "annee") for annee, montant in lues]

    def _ligne(self, annee: int, base: Decimal, champ: str) -> LigneDExecution:
        siens = [vu.versement for vu in self.versements if getattr(vu.versement, champ) == annee]
        liquide = sum((v.montant for v in siens if v.etat in VERSEMENTS_COMPTES), ZERO)
        mandate = sum((v.montant for v in siens if v.etat in VERSEMENTS_MANDATES), ZERO)
        return LigneDExecution(annee, base, liquide, mandate)

    @cached_property
    def total(self) -> LigneDExecution:
        """Tous exercices ; son année est 0."""
        return LigneDExecution(
            0,
            sum((ligne.base for ligne in self.exercices), ZERO),
            sum((ligne.liquide for ligne in self.exercices), ZERO),
            sum((ligne.mandate for ligne in self.exercices), ZERO),
        )

    @cached_property
    def attribue(self) -> Decimal:
        """Ce que les tranches attribuent (euros)."""
        return sum((ligne.base for ligne in self.tranches), ZERO)

    @property
    def paye(self) -> Decimal:
        """Ce que l’organisme a reçu (euros) : mandaté et pas encore payé, l’argent n’est pas chez lui."""
        return sum((vu.versement.montant for vu in self.versements if vu.versement.etat == EtatVersement.PAYE), ZERO)

    @cached_property
    def soldes(self) -> list[SoldeArrete]:
        """Le dernier solde arrêté de chaque année."""
        lus = SoldeArrete.objects.filter(action=self.action).order_by("annee", "pk")
        return list({solde.annee: solde for solde in lus}.values())

    @cached_property
    def soldes_a_arreter(self) -> list[Bilan]:
        """Les bilans validés depuis le dernier solde de leur année."""
        arretes = {solde.annee: solde.arrete_le for solde in self.soldes}
        valides = Bilan.objects.filter(action=self.action, etat="valide").order_by("annee")
        return [
            bilan
            for bilan in valides
            if bilan.valide_le and not (bilan.annee in arretes and arretes[bilan.annee] >= bilan.valide_le)
        ]

    @cached_property
    def titres(self) -> list[TitreDeRecette]:
        """Ses titres de recette."""
        return list(TitreDeRecette.objects.filter(action=self.action).order_by("pk"))

    @cached_property
    def repris(self) -> Decimal:
        """Ce que les titres vivants reprennent (euros)."""
        return sum((titre.montant for titre in self.titres if titre.etat != EtatTitre.ANNULE), ZERO)

    @property
    def annees_reprises(self) -> set[int | None]:
        """Les années dont un titre vivant reprend le trop-perçu."""
        return {titre.annee for titre in self.titres if titre.etat != EtatTitre.ANNULE}

    @cached_property
    def procedures(self) -> list[ProcedureContradictoire]:
        """Ses procédures, de la plus récente à la plus ancienne."""
        lues = ProcedureContradictoire.objects.filter(action=self.action)
        return list(lues.select_related("observations_par", "decidee_par").order_by("-pk"))

    @property
    def a_une_procedure_en_cours(self) -> bool:
        """Une à la fois : la suivante attend que celle-ci soit décidée ou abandonnée."""
        return any(procedure.est_en_cours for procedure in self.procedures)

    @property
    def a_des_suspendus(self) -> bool:
        """Un versement au moins est suspendu."""
        return any(vu.versement.etat == EtatVersement.SUSPENDU for vu in self.versements)
