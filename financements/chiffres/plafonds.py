"""Les plafonds d’un arbitrage : ce que chaque territoire, chaque axe et chaque année peut recevoir, au centime."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, QuerySet, Value

from config.socle.montants import en_centimes
from financements.models import CreditAnnuel, Dotation, DotationAxe, Repartition, ReserveAnnuelle
from financements.rules.depassements import Limites
from projets.models import AppelAProjets


@dataclass(frozen=True)
class Plafonds:
    """Tout en centimes. `territoires` : (code, année) ; `axes` : (numéro, année), vide si aucun axe n’est borné.

    `annees` : crédits de paiement (CP) ; `reserve` : ce que l’année garde hors des territoires. `repartition` : la
    version courante, None tant que rien n’est réparti (`territoires`, `axes` et `reserve` sont alors vides).
    """

    territoires: dict[tuple[str, int], int]
    axes: dict[tuple[int, int], int]
    annees: dict[int, int]
    reserve: dict[int, int]
    repartition: Repartition | None

    @property
    def distribuables(self) -> dict[int, int]:
        """Année → crédits de paiement moins la réserve, en centimes."""
        return {annee: montant - self.reserve.get(annee, 0) for annee, montant in self.annees.items()}

    @property
    def limites(self) -> Limites:
        """Ce que ne dépasse aucune sélection."""
        return Limites(self.territoires, self.axes, self.distribuables)


def plafonds(appel: AppelAProjets) -> Plafonds:
    """Les plafonds que donne la dernière version de la répartition de l’appel. Deux requêtes.

    Pour un acte qui les consomme : verrouiller l’enveloppe avant de les lire.
    """
    derniere = Repartition.objects.filter(enveloppe__appel=appel).select_related("releve").first()
    lus: dict[str, dict[Any, int]] = {"cp": {}, "territoire": {}, "axe": {}, "reserve": {}}
    for genre, code, numero, annee, montant in _lignes(appel, derniere):
        cle = {"territoire": (code, annee), "axe": (numero, annee)}.get(genre, annee)
        lus[genre][cle] = en_centimes(montant)
    return Plafonds(lus["territoire"], lus["axe"], lus["cp"], lus["reserve"], derniere)


def _lignes(appel: AppelAProjets, repartition: Repartition | None) -> Iterable[tuple[str, str, int, int, Decimal]]:
    """(genre, code du territoire, numéro de l’axe, année, montant) ; vide et zéro là où ce n’est pas dit."""
    credits_ouverts = CreditAnnuel.objects.filter(enveloppe__appel=appel)
    ensembles = [
        _ensemble(credits_ouverts, "cp", "montant_cp"),
        _ensemble(Dotation.objects.filter(repartition=repartition), "territoire", "montant", code="territoire__code"),
        _ensemble(DotationAxe.objects.filter(repartition=repartition), "axe", "montant", numero="axe__numero"),
        _ensemble(ReserveAnnuelle.objects.filter(repartition=repartition), "reserve", "montant"),
    ]
    unis: QuerySet[Any] = ensembles[0].union(*ensembles[1:], all=True).order_by("genre", "an", "le_code", "le_numero")
    return unis


def _ensemble(lignes: QuerySet[Any], genre: str, montant: str, code: str = "", numero: str = "") -> QuerySet[Any]:
    lus: QuerySet[Any] = (
        lignes.order_by()
        .annotate(
            genre=Value(genre, CharField()),
            le_code=F(code) if code else Value("", CharField()),
            le_numero=F(numero) if numero else Value(0),
            an=F("annee"),
            euros=F(montant),
        )
        .values_list("genre", "le_code", "le_numero", "an", "euros")
    )
    return lus
