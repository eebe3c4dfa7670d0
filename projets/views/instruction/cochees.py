"""Les projets cochés sur une page : ce que l’envoi en dit, sans s’y fier."""

from django.http import QueryDict

from projets.rules.saisies import CHIFFRES_D_UNE_CLE


def cles_cochees(envoi: QueryDict, champ: str = "projets") -> list[int]:
    """Les clés primaires envoyées sous ce nom ; ce qui n’en est pas une est ignoré."""
    return [cle for valeur in envoi.getlist(champ) if (cle := _entier(valeur)) is not None]


def vu_du_projet(envoi: QueryDict, projet: int | None = None) -> int | None:
    """Ce que la page montrait du projet (`projets.actions.collisions`) ; None si elle ne le dit pas."""
    return _entier(envoi.get("vu" if projet is None else f"vu_{projet}", ""))


def _entier(valeur: str) -> int | None:
    return int(valeur) if valeur.isdecimal() and len(valeur) <= CHIFFRES_D_UNE_CLE else None
