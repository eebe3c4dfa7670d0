"""Ce qui reste à chaque territoire, et ce que donnerait un reversement, sans rien écrire."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from config.socle.montants import en_euros
from financements.chiffres.consommation import Consommation
from financements.chiffres.versions_de_repartition import Version
from financements.models import Dotation, DotationAxe, Repartition, ReserveAnnuelle
from financements.rules.reliquats import RELIQUATS, Redistribution, redistribuer
from territoires.rules.plus_forts_restes import VERSION_ALGORITHME
from territoires.rules.refus import RepartitionRefusee, euros

ALGORITHME_DES_RELIQUATS = f"reliquats/1 {VERSION_ALGORITHME}"


@dataclass(frozen=True)
class Reversement:
    """Ce que choisit la personne. `reverse` : (code, année) → centimes ; `receveurs` : codes, triés."""

    reverse: dict[tuple[str, int], int]
    receveurs: tuple[str, ...]


@dataclass(frozen=True)
class ApercuDuReversement:
    """Ce que le reversement donnerait. `version` : celle que l’on écrirait."""

    redistribution: Redistribution
    version: Version


def restes(version: Version, prises: Consommation) -> dict[tuple[str, int], int]:
    """(code, année) → dotation moins ce qui est pris, en centimes ; zéro si elle est dépassée."""
    return {cle: max(montant - prises.get(cle, 0), 0) for cle, montant in version.montants.items()}


def previsualiser_le_reversement(
    courante: Version, reversement: Reversement, prises: Consommation
) -> ApercuDuReversement:
    """La version suivante. Lève `RepartitionRefusee`, aussi quand un montant dépasse le reste constaté."""
    constates = restes(courante, prises)
    for (code, annee), montant in reversement.reverse.items():
        if montant > constates.get((code, annee), 0):
            raise RepartitionRefusee(
                f"« {code} » reverse {euros(montant)} en {annee}, il ne lui reste que "
                f"{euros(constates.get((code, annee), 0))}."
            )
    redistribution = redistribuer(
        courante.montants,
        reversement.reverse,
        reversement.receveurs,
        courante.effectifs,
        unite=courante.repartition.unite_centimes,
    )
    return ApercuDuReversement(redistribution, _version(courante, reversement, redistribution))


def _version(courante: Version, reversement: Reversement, redistribution: Redistribution) -> Version:
    origine = courante.repartition
    repartition = Repartition(
        enveloppe=origine.enveloppe,
        version=origine.version + 1,
        releve=origine.releve,
        methode=f"reliquats de la version {origine.version} repartagés aux plus forts restes",
        unite_centimes=origine.unite_centimes,
        algorithme=ALGORITHME_DES_RELIQUATS,
        parametres={
            "nature": RELIQUATS,
            "depuis": origine.version,
            "effectifs": courante.effectifs,
            "base": par_annee_et_code(courante.montants),
            "reverse": par_annee_et_code(reversement.reverse),
            "receveurs": list(reversement.receveurs),
            "recu": par_annee_et_code(redistribution.recu),
        },
    )
    return Version(
        repartition=repartition,
        dotations=[
            Dotation(
                repartition=repartition,
                territoire=d.territoire,
                annee=d.annee,
                poids=d.poids,
                montant=en_euros(redistribution.montants[d.territoire.code, d.annee]),
            )
            for d in courante.dotations
        ],
        axes=[
            DotationAxe(repartition=repartition, axe=x.axe, annee=x.annee, montant=x.montant) for x in courante.axes
        ],
        reserves=[
            ReserveAnnuelle(repartition=repartition, annee=r.annee, montant=r.montant) for r in courante.reserves
        ],
    )


def par_annee_et_code(cellules: Consommation) -> dict[str, dict[str, int]]:
    """(code, année) → centimes, rangé pour les paramètres d’une version : année → code → centimes."""
    range_: dict[str, dict[str, int]] = defaultdict(dict)
    for (code, annee), montant in sorted(cellules.items()):
        range_[str(annee)][code] = montant
    return dict(range_)


def redistribution_de(parametres: dict[str, Any], unite: int) -> Redistribution:
    """Refait le calcul d’une version enregistrée, de ses seuls paramètres."""

    def cellules(cle: str) -> dict[tuple[str, int], int]:
        return {(code, int(an)): m for an, montants in parametres[cle].items() for code, m in montants.items()}

    return redistribuer(
        cellules("base"), cellules("reverse"), parametres["receveurs"], parametres["effectifs"], unite=unite
    )
