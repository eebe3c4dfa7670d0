"""Le registre des aides de minimis : par entreprise (SIREN) et par régime, le cumul d’un jour et les dépassements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.socle.montants import en_centimes
from financements.models import AideDeMinimis, SeuilDeMinimis
from financements.rules.de_minimis import Aide, Cumul, Seuil, cumul, pire_cumul
from financements.states.fse import RegimeDeMinimis


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


def registre(aides: Sequence[AideDeMinimis], jour: date) -> list[LigneDuRegistre]:
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
