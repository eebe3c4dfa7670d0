"""L’état des enveloppes d’un appel : dotation, demandé, voté et reste, par territoire et par axe, année par année."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import F, Sum, Value
from django.db.models.functions import Coalesce

from config.socle.montants import en_euros
from financements.chiffres.budgets import ENTIER, partager
from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import ZERO
from financements.models import DotationAxe
from projets.models import ExerciceProjet, Projet
from projets.states import EtatProjet

# Une demande retirée, irrecevable ou classée ne pèse plus sur l’enveloppe.
_HORS_DEMANDE = (EtatProjet.BROUILLON, EtatProjet.RETIRE, EtatProjet.IRRECEVABLE, EtatProjet.CLASSE)


@dataclass(frozen=True)
class Case:
    """Une année ou la période (euros). `dotation` : None quand rien n’est réparti à cette échelle."""

    dotation: Decimal | None
    demande: Decimal
    vote: Decimal

    @property
    def reste(self) -> Decimal | None:
        """Dotation − voté ; négatif si la dotation est dépassée."""
        return None if self.dotation is None else self.dotation - self.vote

    @property
    def depassement(self) -> Decimal:
        """Ce que le voté prend au-delà de la dotation, zéro s’il tient dedans."""
        return max(-self.reste, ZERO) if self.reste is not None else ZERO

    @property
    def est_depassee(self) -> bool:
        """Vrai si le voté dépasse la dotation."""
        return self.reste is not None and self.reste < 0


@dataclass(frozen=True)
class LigneEnveloppe:
    """Un territoire, un axe ou le total : une case par année, une pour la période."""

    cle: str
    libelle: str
    par_annee: dict[int, Case]
    periode: Case


@dataclass(frozen=True)
class Rangee:
    """Une ligne de tableau, pour une année ou la période."""

    cle: str
    libelle: str
    case: Case


@dataclass(frozen=True)
class Tableaux:
    """Les deux tableaux d’une même échelle de temps, et leur total commun."""

    territoires: list[Rangee]
    axes: list[Rangee]
    total: Rangee

    @property
    def plus_grande(self) -> Decimal:
        """La plus grande dotation ou le plus grand montant voté d’un territoire : l’échelle des jauges."""
        return max((max(rangee.case.dotation or ZERO, rangee.case.vote) for rangee in self.territoires), default=ZERO)


class Enveloppes:
    """Lecture paresseuse de l’état des enveloppes. Une demande se partage entre ses territoires selon leurs parts."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.annees = programme.annees

    @cached_property
    def projets_demandes(self) -> int:
        """Nombre de demandes prises en compte."""
        return Projet.objects.filter(appel=self.programme.appel).exclude(etat__in=_HORS_DEMANDE).count()

    @cached_property
    def _demandes(self) -> dict[tuple[int, int, str], int]:
        """(axe, année, territoire) → demandé, en centimes × centièmes de % : exact. Sans part, le code est vide."""
        part = Coalesce("projet__parts__pourcentage", Value(Decimal(100)))
        lignes = (
            ExerciceProjet.objects.filter(projet__appel=self.programme.appel, annee__in=self.annees)
            .exclude(projet__etat__in=_HORS_DEMANDE)
            .order_by()
            .values_list("projet__axe", "annee", "projet__parts__territoire__code")
            .annotate(somme=Sum(F("montant_demande") * part * ENTIER))
        )
        return {(axe, annee, code or ""): int(somme) for axe, annee, code, somme in lignes}

    @cached_property
    def _demandes_des_territoires(self) -> dict[tuple[str, int], Decimal]:
        """(territoire, année) → euros demandés, au centime : les plus forts restes gardent la somme exacte."""
        quotes: dict[int, dict[str, int]] = {annee: defaultdict(int) for annee in self.annees}
        for (_, annee, code), quote in self._demandes.items():
            quotes[annee][code] += quote
        return {
            (code, annee): en_euros(centimes)
            for annee in self.annees
            for code, centimes in partager(quotes[annee]).items()
        }

    @cached_property
    def _demandes_des_axes(self) -> dict[tuple[int, int], Decimal]:
        """(axe, année) → euros demandés."""
        quotes: dict[tuple[int, int], int] = defaultdict(int)
        for (axe, annee, _), quote in self._demandes.items():
            quotes[axe, annee] += quote
        return {cle: en_euros(quote // ENTIER) for cle, quote in quotes.items()}

    def _demande_de_l_annee(self, annee: int) -> Decimal:
        return sum((somme for (_, an), somme in self._demandes_des_axes.items() if an == annee), ZERO)

    @cached_property
    def _dotations(self) -> dict[tuple[str, int], Decimal]:
        return {(d.territoire.code, d.annee): d.montant for d in self.programme.dotations}

    @cached_property
    def _dotations_des_axes(self) -> dict[tuple[int, int], Decimal]:
        """(axe, année) → euros, pour les seuls axes que la répartition borne."""
        bornees = DotationAxe.objects.filter(repartition=self.programme.repartition)
        return {(axe, annee): montant for axe, annee, montant in bornees.values_list("axe", "annee", "montant")}

    @property
    def borne_les_axes(self) -> bool:
        """Vrai si la répartition donne une dotation à un axe au moins."""
        return bool(self._dotations_des_axes)

    @cached_property
    def par_territoire(self) -> list[LigneEnveloppe]:
        """Une ligne par territoire."""
        return [
            self._ligne(
                (ligne.territoire.code, ligne.territoire.nom),
                {
                    annee: Case(
                        self._dotations.get((ligne.territoire.code, annee)),
                        self._demandes_des_territoires.get((ligne.territoire.code, annee), ZERO),
                        ligne.par_annee[annee],
                    )
                    for annee in self.annees
                },
            )
            for ligne in self.programme.par_territoire
        ]

    @cached_property
    def par_axe(self) -> list[LigneEnveloppe]:
        """Une ligne par axe ; sans dotation d’axe, il n’y a pas de reste."""
        return [
            self._ligne(
                (str(ligne.axe.numero), ligne.axe.intitule),
                {
                    annee: Case(
                        self._dotations_des_axes.get((ligne.axe.pk, annee)),
                        self._demandes_des_axes.get((ligne.axe.pk, annee), ZERO),
                        ligne.par_annee[annee],
                    )
                    for annee in self.annees
                },
            )
            for ligne in self.programme.par_axe
        ]

    @cached_property
    def total(self) -> LigneEnveloppe:
        """L’appel entier : la dotation y est celle des crédits de paiement ouverts."""
        return self._ligne(
            ("", "Total"),
            {
                ligne.annee: Case(ligne.cp, self._demande_de_l_annee(ligne.annee), ligne.vote)
                for ligne in self.programme.par_annee
            },
        )

    def tableaux(self, annee: int | None) -> "Tableaux":
        """Les deux tableaux d’une année, ou de la période si `annee` est None."""
        return Tableaux(
            territoires=[_rangee(ligne, annee) for ligne in self.par_territoire],
            axes=[_rangee(ligne, annee) for ligne in self.par_axe],
            total=_rangee(self.total, annee),
        )

    def _ligne(self, titre: tuple[str, str], cases: Mapping[int, Case]) -> LigneEnveloppe:
        dotations = [case.dotation for case in cases.values() if case.dotation is not None]
        periode = Case(
            sum(dotations, ZERO) if dotations else None,
            sum((case.demande for case in cases.values()), ZERO),
            sum((case.vote for case in cases.values()), ZERO),
        )
        return LigneEnveloppe(*titre, par_annee=dict(cases), periode=periode)


def _rangee(ligne: LigneEnveloppe, annee: int | None) -> Rangee:
    return Rangee(ligne.cle, ligne.libelle, ligne.periode if annee is None else ligne.par_annee[annee])
