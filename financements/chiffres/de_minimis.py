"""Le registre des aides de minimis : par entreprise (SIREN) et par régime, le cumul d’un jour et les dépassements.

Et ses aides une à une, comptées puis lues en flux, pour le fichier qui s’emporte.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise, zip_longest

from django.db.models import Count, QuerySet, Sum

from config.socle.montants import en_centimes
from financements.models import AideDeMinimis, SeuilDeMinimis
from financements.rules.de_minimis import Aide, Cumul, Seuil, cumul, pire_cumul
from financements.states.fse import RegimeDeMinimis
from projets.chiffres.export_de_l_instruction import ExportIncomplet

PAR_LOT = 500


@dataclass(frozen=True, slots=True)
class LigneDuRegistre:
    """Une entreprise et un régime. `depasse` : le pire cumul s’il a passé le plafond, même il y a longtemps."""

    siren: str
    nom: str
    regime: str
    libelle: str
    cumul: Cumul | None
    depasse: Cumul | None
    aides: Sequence[AideDeMinimis]


@dataclass(frozen=True, slots=True)
class PlafondDate:
    """Un plafond, et le dernier jour où il vaut (None : toujours en vigueur)."""

    seuil: SeuilDeMinimis
    au: date | None


def plafonds() -> list[PlafondDate]:
    """Tous, par régime et par date ; chacun s’arrête au plus tard la veille du suivant. Une requête."""
    seuils = list(SeuilDeMinimis.objects.all())
    veilles = [
        suivant.du - timedelta(days=1) if suivant.regime == seuil.regime else None
        for seuil, suivant in pairwise(seuils)
    ]
    return [
        PlafondDate(seuil, min((fin for fin in (seuil.au, veille) if fin), default=None))
        for seuil, veille in zip_longest(seuils, veilles)
    ]


@dataclass(frozen=True)
class AidesAEmporter:
    """Les aides choisies du registre (`organisme` chargé) : comptées, puis lues en flux."""

    aides: QuerySet[AideDeMinimis]

    @cached_property
    def compte(self) -> tuple[int, Decimal]:
        """Lignes, euros."""
        lu = self.aides.order_by().aggregate(nombre=Count("pk"), montant=Sum("montant", default=Decimal("0.00")))
        return lu["nombre"], lu["montant"]

    def lues(self) -> Iterator[AideDeMinimis]:
        """Toutes, dans l’ordre. Lève `ExportIncomplet` à la fin si elles ne font pas l’annonce."""
        annonce, nombre, montant = self.compte, 0, Decimal("0.00")
        for aide in self.aides.iterator(PAR_LOT):
            nombre += 1
            montant += aide.montant
            yield aide
        if (nombre, montant) != annonce:
            raise ExportIncomplet("registre de minimis : d’autres aides, ou d’autres montants")


def registre(aides: Iterable[AideDeMinimis], jour: date) -> list[LigneDuRegistre]:
    """Une ligne par SIREN et régime. Une requête, pour les seuils."""
    seuils = [seuil.regle for seuil in SeuilDeMinimis.objects.all()]
    groupes: dict[tuple[str, str], list[AideDeMinimis]] = defaultdict(list)
    for aide in aides:
        groupes[aide.siren, aide.regime].append(aide)
    return [_ligne(cle, siennes, seuils, jour) for cle, siennes in sorted(groupes.items())]


def _ligne(cle: tuple[str, str], siennes: list[AideDeMinimis], seuils: list[Seuil], jour: date) -> LigneDuRegistre:
    siren, regime = cle
    lues = [Aide(a.regime, a.accordee_le, en_centimes(a.montant)) for a in siennes]
    pire = pire_cumul(lues, seuils, regime)
    noms = [aide.organisme.nom for aide in siennes if aide.organisme]
    return LigneDuRegistre(
        siren=siren,
        nom=noms[0] if noms else "",
        regime=regime,
        libelle=str(RegimeDeMinimis(regime).label),
        cumul=cumul(lues, seuils, regime, jour),
        depasse=pire if pire is not None and pire.est_depasse else None,
        aides=siennes,
    )
