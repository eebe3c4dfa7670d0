"""Le registre des aides de minimis en CSV, pour un tableur."""

from collections.abc import Iterable, Iterator
from typing import Any

from config.socle.ecriture import Champ, Genre, csv_au_fil
from financements.models import AideDeMinimis

CHAMPS = (
    Champ("SIREN"),
    Champ("Organisme"),
    Champ("Régime"),
    Champ("Origine"),
    Champ("Autorité"),
    Champ("Référence"),
    Champ("Accordée le", Genre.JOUR),
    Champ("Montant (€)", Genre.MONTANT),
)


def csv_du_registre(aides: Iterable[AideDeMinimis]) -> Iterator[bytes]:
    """Une ligne par aide (lit `organisme`)."""
    return csv_au_fil(CHAMPS, map(_rangee, aides))


def _rangee(aide: AideDeMinimis) -> list[Any]:
    return [
        aide.siren,
        aide.organisme.nom if aide.organisme else None,
        aide.get_regime_display(),
        aide.get_origine_display(),
        aide.autorite,
        aide.reference,
        aide.accordee_le,
        aide.montant,
    ]
