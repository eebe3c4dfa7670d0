"""L’état des enveloppes d’un appel : dotation, demandé, voté et reste, par territoire et par axe, année par année."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import F, QuerySet, Sum

from config.socle.montants import en_centimes, en_euros
from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import ZERO
from financements.models import CreditAnnuel, Dotation
from projets.models import ExerciceProjet, Projet
from projets.states import EtatProjet
from territoires.rules.plus_forts_restes import repartir

# Une demande retirée, irrecevable ou classée ne pèse plus sur l’enveloppe.
_HORS_DEMANDE = (EtatProjet.BROUILLON, EtatProjet.RETIRE, EtatProjet.IRRECEVABLE, EtatProjet.CLASSE)
_DECIMALES = 10_000  # montant (centimes) × part (centièmes de %) : la quote-part exacte est un entier


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
    def _demandes(self) -> dict[tuple[int, int], Decimal]:
        """(axe, année) → euros demandés."""
        lignes = self._exercices().values_list("projet__axe", "annee").annotate(somme=Sum("montant_demande"))
        return {(axe, annee): somme for axe, annee, somme in lignes}

    def _exercices(self) -> QuerySet[ExerciceProjet]:
        exercices = ExerciceProjet.objects.filter(projet__appel=self.programme.appel, annee__in=self.annees)
        return exercices.exclude(projet__etat__in=_HORS_DEMANDE).order_by()

    @cached_property
    def _demandes_des_territoires(self) -> dict[tuple[str, int], Decimal]:
        """(territoire, année) → euros demandés, au centime : les plus forts restes gardent la somme exacte."""
        quotes: dict[int, dict[str, int]] = defaultdict(dict)
        produit = F("montant_demande") * F("projet__parts__pourcentage")
        lignes = self._exercices().values_list("projet__parts__territoire__code", "annee").annotate(somme=Sum(produit))
        for code, annee, somme in lignes:
            if code is not None:
                quotes[annee][code] = int(somme * _DECIMALES)
        return {
            (code, annee): en_euros(centimes)
            for annee, poids in quotes.items()
            if any(poids.values())
            for code, centimes in repartir(en_centimes(self._demande_de_l_annee(annee)), poids).items()
        }

    def _demande_de_l_annee(self, annee: int) -> Decimal:
        return sum((somme for (_, an), somme in self._demandes.items() if an == annee), ZERO)

    @cached_property
    def _dotations(self) -> dict[tuple[str, int], Decimal]:
        if self.programme.repartition is None:
            return {}
        dotations = Dotation.objects.filter(repartition=self.programme.repartition)
        return {(code, annee): m for code, annee, m in dotations.values_list("territoire__code", "annee", "montant")}

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
        """Une ligne par axe : l’enveloppe n’y est pas répartie, il n’y a donc ni dotation ni reste."""
        return [
            self._ligne(
                (str(ligne.axe.numero), ligne.axe.intitule),
                {
                    annee: Case(None, self._demandes.get((ligne.axe.pk, annee), ZERO), ligne.par_annee[annee])
                    for annee in self.annees
                },
            )
            for ligne in self.programme.par_axe
        ]

    @cached_property
    def total(self) -> LigneEnveloppe:
        """L’appel entier : la dotation y est celle des crédits de paiement ouverts."""
        ouverts = dict(
            CreditAnnuel.objects.filter(enveloppe__appel=self.programme.appel).values_list("annee", "montant_cp")
        )
        votes = {annee.annee: annee.vote for annee in self.programme.par_annee}
        return self._ligne(
            ("", "Total"),
            {annee: Case(ouverts.get(annee), self._demande_de_l_annee(annee), votes[annee]) for annee in self.annees},
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
