"""Une date comme on l’écrit."""

from datetime import date, datetime

from django.utils import dateformat, timezone


def jour(quand: date | None) -> str:
    """« 1er janvier 2027 », « 22 novembre 2026 » ; un instant se lit à Paris. Vide si None."""
    if quand is None:
        return ""
    lu = timezone.localtime(quand) if isinstance(quand, datetime) else quand
    return f"{dateformat.format(lu, 'j')}{'er' if lu.day == 1 else ''} {dateformat.format(lu, 'F Y')}"
