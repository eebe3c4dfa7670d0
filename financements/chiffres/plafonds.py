"""Les plafonds d’un arbitrage : ce que chaque territoire, chaque axe et chaque année peut recevoir, au centime."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from config.socle.montants import en_centimes
from financements.models import CreditAnnuel, Dotation, DotationAxe, Repartition, ReserveAnnuelle
from projets.models import AppelAProjets

Cle = TypeVar("Cle")


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


def plafonds(appel: AppelAProjets) -> Plafonds:
    """Les plafonds que donne la dernière version de la répartition de l’appel. Cinq requêtes au plus.

    Pour un acte qui les consomme : verrouiller l’enveloppe avant de les lire.
    """
    annees = _en_centimes(CreditAnnuel.objects.filter(enveloppe__appel=appel).values_list("annee", "montant_cp"))
    derniere = Repartition.objects.filter(enveloppe__appel=appel).select_related("releve").first()
    if derniere is None:
        return Plafonds({}, {}, annees, {}, None)
    dotations = Dotation.objects.filter(repartition=derniere).order_by("annee", "territoire__code")
    axes = DotationAxe.objects.filter(repartition=derniere).order_by("annee", "axe__numero")
    reserves = ReserveAnnuelle.objects.filter(repartition=derniere).order_by("annee")
    return Plafonds(
        territoires=_en_centimes(
            ((code, annee), montant)
            for code, annee, montant in dotations.values_list("territoire__code", "annee", "montant")
        ),
        axes=_en_centimes(
            ((numero, annee), montant)
            for numero, annee, montant in axes.values_list("axe__numero", "annee", "montant")
        ),
        annees=annees,
        reserve=_en_centimes(reserves.values_list("annee", "montant")),
        repartition=derniere,
    )


def _en_centimes(lignes: Iterable[tuple[Cle, Decimal]]) -> dict[Cle, int]:
    return {cle: en_centimes(montant) for cle, montant in lignes}
