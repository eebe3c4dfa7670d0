"""D’où vient la dotation d’un territoire : quote-part, reste et centime d’arrondi de chaque année."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.socle.montants import en_euros
from financements.chiffres.tableaux_de_repartition import LigneArrondi, calcul_de, lignes_d_arrondi, mouvements_de
from financements.chiffres.versions_de_repartition import Version
from financements.models import Dotation
from financements.rules.repartition import AnneeRepartie
from territoires.models import Territoire


@dataclass(frozen=True)
class QuotePart:
    """Une année : `cp` × `poids` / `total_poids`, entre les bornes, au centime ou à l’euro.

    `cp`, `part_entiere`, `arrondi`, `dotation` en euros ; `reste` en millièmes d’unité, arrondi pour l’œil ; `rang` du
    reste parmi les `territoires`, dont les `distribues` premiers ont reçu une unité. `poids` : l’effectif, ou celui
    de la convergence ; `part` en % ; `situation` : « plancher », « plafond » ou rien.
    """

    annee: int
    cp: Decimal
    poids: int
    total_poids: int
    part: Decimal | None
    situation: str
    part_entiere: Decimal
    reste: Decimal
    rang: int
    territoires: int
    distribues: int
    arrondi: Decimal
    dotation: Decimal


@dataclass(frozen=True)
class Explication:
    """Une ligne par année. `mouvement` : ce que le territoire a reversé (négatif) ou reçu de reliquats, en tout.

    Un reversement n’a pas de quotes : elles sont à la version dont il part, `depuis`.
    """

    quotes: list[QuotePart]
    converge: bool = False
    mouvement: Decimal | None = None
    depuis: int | None = None


def expliquer_la_dotation(dotations: Sequence[Dotation], territoire: Territoire) -> Explication | None:
    """None si le territoire n’a pas de dotation.

    `dotations` : toutes celles d’une répartition (`Programme.dotations`). Le calcul est refait par la règle qui a
    servi à la validation, sur les paramètres gardés ; `dotation` est ce que la base garde.
    """
    montants = {d.annee: d.montant for d in dotations if d.territoire.code == territoire.code}
    if not montants:
        return None
    version = Version(dotations[0].repartition, list(dotations), [], [])
    parametres = version.repartition.parametres
    calcul = calcul_de(version)
    if not calcul:
        siens = [m for m in mouvements_de(version) if m.territoire.code == territoire.code]
        somme = sum(((m.recu or Decimal(0)) - (m.reverse or Decimal(0)) for m in siens), Decimal(0))
        return Explication([], mouvement=somme, depuis=parametres.get("depuis"))
    return Explication(
        [_quote(version, calcul[annee], territoire.code, dotation) for annee, dotation in montants.items()],
        converge=parametres.get("duree") is not None,
    )


def _quote(version: Version, calcul: AnneeRepartie, code: str, dotation: Decimal) -> QuotePart:
    lignes: dict[str, LigneArrondi] = {ligne.territoire.code: ligne for ligne in lignes_d_arrondi(version, calcul)}
    ligne = lignes[code]
    return QuotePart(
        annee=calcul.annee,
        cp=en_euros(calcul.total),
        poids=calcul.poids[code],
        total_poids=sum(calcul.poids.values()),
        part=ligne.part,
        situation=ligne.situation,
        part_entiere=ligne.part_entiere,
        reste=ligne.reste,
        rang=ligne.rang,
        territoires=len(lignes),
        distribues=sum(1 for autre in lignes.values() if autre.arrondi),
        arrondi=ligne.arrondi,
        dotation=dotation,
    )
