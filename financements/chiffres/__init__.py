"""La couche de chiffres, en lecture seule : pages, exports et PDF lisent ici, aucun n’additionne de son côté."""

from financements.chiffres.actions import LigneAction, TrancheVue, lignes_actions
from financements.chiffres.complements import (
    LigneProrata,
    ProrataAnnuel,
    TotalCredits,
    fse_par_axe,
    prorata_par_annee,
    total_credits,
)
from financements.chiffres.liste import GroupeActions, ListeAxe, autres_territoires, ranger, total_des_lignes
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import (
    Croisement,
    LigneAxe,
    LigneForme,
    LigneFse,
    LigneOrganisme,
    LigneTerritoire,
    Partage,
    Synthese,
    TotalAnnuel,
)
from financements.chiffres.version import version_des_donnees

__all__ = [
    "Croisement",
    "GroupeActions",
    "LigneAction",
    "LigneAxe",
    "LigneForme",
    "LigneFse",
    "LigneOrganisme",
    "LigneProrata",
    "LigneTerritoire",
    "ListeAxe",
    "Partage",
    "Perimetre",
    "Programme",
    "ProrataAnnuel",
    "Synthese",
    "TotalAnnuel",
    "TotalCredits",
    "TrancheVue",
    "autres_territoires",
    "fse_par_axe",
    "lignes_actions",
    "prorata_par_annee",
    "ranger",
    "total_credits",
    "total_des_lignes",
    "version_des_donnees",
]
