"""La couche de chiffres, en lecture seule : pages, exports et PDF lisent ici, aucun n’additionne de son côté."""

from financements.chiffres.actions import LigneAction, TrancheVue, lignes_actions
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import (
    Croisement,
    LigneAxe,
    LigneForme,
    LigneOrganisme,
    LigneTerritoire,
    Partage,
    Synthese,
    TotalAnnuel,
)
from financements.chiffres.version import version_des_donnees

__all__ = [
    "Croisement",
    "LigneAction",
    "LigneAxe",
    "LigneForme",
    "LigneOrganisme",
    "LigneTerritoire",
    "Partage",
    "Perimetre",
    "Programme",
    "Synthese",
    "TotalAnnuel",
    "TrancheVue",
    "lignes_actions",
    "version_des_donnees",
]
