"""Les chiffres d’une action : ses tranches par territoire, son budget, ce que son organisme reçoit par ailleurs."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models import Sum

from financements.chiffres.tableaux import ZERO, pourcent
from financements.models import Action, PartTranche, Tranche


@dataclass(frozen=True)
class AnneeAction:
    """Une année d’une action (euros) : coût et demande du projet, montant voté."""

    annee: int
    cout: Decimal
    demande: Decimal
    vote: Decimal

    @property
    def part(self) -> Decimal | None:
        """Part du département dans le coût de l’année (%)."""
        return pourcent(self.vote, self.cout)


@dataclass(frozen=True)
class TerritoireAction:
    """La part d’un territoire dans une action : euros par année et en tout, % du montant voté."""

    code: str
    nom: str
    par_annee: dict[int, Decimal]
    total: Decimal
    part: Decimal | None


class AutreAction(NamedTuple):
    """Une autre action du même organisme (euros, toutes années)."""

    numero: int
    intitule: str
    axe: int
    slug: str
    annee_debut: int
    annee_fin: int
    montant: Decimal


_CHAMPS_AUTRE = (
    "projet__numero",
    "projet__intitule",
    "projet__axe__numero",
    "projet__appel__slug",
    "projet__appel__annee_debut",
    "projet__appel__annee_fin",
    "somme",
)


class FicheAction:
    """Lecture d’une action, paresseuse : au plus une requête par tableau."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.appel = action.projet.appel

    @cached_property
    def annees(self) -> list[AnneeAction]:
        """Une ligne par année où l’action a un budget ou un vote."""
        votes = dict(Tranche.objects.filter(action=self.action).values_list("annee", "montant"))
        budget = {e.annee: e for e in self.action.projet.exercices.all()}
        return [
            AnneeAction(
                annee,
                budget[annee].cout if annee in budget else ZERO,
                budget[annee].montant_demande if annee in budget else ZERO,
                votes.get(annee, ZERO),
            )
            for annee in sorted(votes.keys() | budget.keys())
        ]

    @cached_property
    def total(self) -> AnneeAction:
        """La période entière ; son année est 0."""
        return AnneeAction(
            0,
            sum((ligne.cout for ligne in self.annees), ZERO),
            sum((ligne.demande for ligne in self.annees), ZERO),
            sum((ligne.vote for ligne in self.annees), ZERO),
        )

    @cached_property
    def territoires(self) -> list[TerritoireAction]:
        """Du territoire le plus doté au moins doté."""
        parts: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(
            lambda: dict.fromkeys((ligne.annee for ligne in self.annees), ZERO)
        )
        lignes = PartTranche.objects.filter(tranche__action=self.action)
        champs = ("territoire__code", "territoire__nom", "tranche__annee", "montant")
        for code, nom, annee, montant in lignes.values_list(*champs):
            parts[code, nom][annee] += montant
        vues = [
            TerritoireAction(
                code, nom, par_annee, somme := sum(par_annee.values(), ZERO), pourcent(somme, self.total.vote)
            )
            for (code, nom), par_annee in parts.items()
        ]
        return sorted(vues, key=lambda vue: (-vue.total, vue.code))

    @cached_property
    def cout_par_allocataire(self) -> Decimal | None:
        """Euros votés par allocataire accompagné et par an ; None si la prévision est nulle."""
        accompagnes = self.action.projet.allocataires_prevus * sum(1 for ligne in self.annees if ligne.vote)
        return self.total.vote / accompagnes if accompagnes else None

    def autres_actions(self, combien: int = 10) -> list[AutreAction]:
        """Les autres actions de l’organisme, tous appels, des plus récentes et des plus dotées aux autres."""
        autres = (
            Action.objects.filter(projet__organisme=self.action.projet.organisme_id)
            .exclude(pk=self.action.pk)
            .annotate(somme=Sum("tranches__montant", default=ZERO))
            .order_by("-projet__appel__annee_debut", "-somme", "projet__numero")
        )
        return [AutreAction(*champs) for champs in autres.values_list(*_CHAMPS_AUTRE)[:combien]]
