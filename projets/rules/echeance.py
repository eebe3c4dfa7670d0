"""Le temps qui reste avant la clôture, en mots. Les instants portent leur fuseau."""

from datetime import datetime

MINUTE, HEURE, JOUR = 60, 3600, 86_400  # secondes


def temps_restant(fin: datetime, instant: datetime) -> str:
    """« dans 6 jours », « dans 5 heures », « dans 12 minutes », « dans moins d’une minute » ; vide une fois passé.

    Toujours arrondi en dessous : on n’annonce jamais plus de temps qu’il n’en reste.
    """
    secondes = int((fin - instant).total_seconds())
    if fin <= instant:
        return ""
    if secondes >= 2 * JOUR:
        return f"dans {secondes // JOUR}\u00a0jours"
    for duree, mot in ((HEURE, "heure"), (MINUTE, "minute")):
        nombre = secondes // duree
        if nombre:
            return f"dans {nombre}\u00a0{mot}{'s' if nombre > 1 else ''}"
    return "dans moins d’une minute"
