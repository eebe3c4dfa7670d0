"""Les projets cochés sur une page : ce que l’envoi en dit, sans s’y fier."""

from django.http import QueryDict

CHIFFRES_D_UNE_CLE = 18  # au-delà, aucune clé primaire ne s’écrit : la base refuserait jusqu’à la question


def cles_cochees(envoi: QueryDict, champ: str = "projets") -> list[int]:
    """Les clés primaires envoyées sous ce nom ; ce qui n’en est pas une est ignoré."""
    return [cle for valeur in envoi.getlist(champ) if (cle := _entier(valeur)) is not None]


def _entier(valeur: str) -> int | None:
    return int(valeur) if valeur.isdecimal() and len(valeur) <= CHIFFRES_D_UNE_CLE else None
