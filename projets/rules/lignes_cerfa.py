"""Les lignes du budget de projet (Cerfa 12156) : comptes, libellés, financeurs, et le nom des saisies de chacune.

Les noms de saisie, pour une année `2027` et la deuxième commune :
`c_601_2027` (un montant), `c_74com_2_2027`, `precision_74com_2`, `etat_74com_2`, `retire_74com_2`, `nombre_74com`.
Le rang 0 d’un compte à plusieurs financeurs est la ligne qui porte son nom : `c_74dep_2027` est le montant demandé.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FICHIER = Path(__file__).parents[1] / "donnees" / "lignes-budget-12156.csv"  # provenance et licence : LISEZMOI.md

CHARGE, PRODUIT = "charge", "produit"
CHARGE_NATURE, PRODUIT_NATURE = "charge_nature", "produit_nature"
COTES = (CHARGE, PRODUIT, CHARGE_NATURE, PRODUIT_NATURE)
DEPARTEMENT, FSE, ASP = "74dep", "74fe", "74asp"
EXCEDENT, INSUFFISANCE = "EXC", "INS"
PERSONNEL: Final = "64"
SUBVENTIONS: Final = "74"


@dataclass(frozen=True, slots=True)
class Poste:
    """Une ligne du formulaire. `groupe` : le compte dont elle fait partie, ou elle-même.

    `genre` : « oui » (un montant par année), « oui-multiple » (plusieurs financeurs), « non » (un total), « calculé ».
    """

    cote: str
    compte: str
    groupe: str
    libelle: str
    genre: str

    @property
    def est_saisi(self) -> bool:
        """Vrai si l’on y tape des montants."""
        return self.genre.startswith("oui")

    @property
    def est_multiple(self) -> bool:
        """Vrai si plusieurs financeurs peuvent y figurer, chacun précisé."""
        return self.genre == "oui-multiple"


@dataclass(frozen=True, slots=True)
class Nature:
    """Une sorte de financeur : le code de `Financeur`, son nom court, et l’invite à préciser."""

    financeur: str
    nom: str
    invite: str = ""


NATURES = {
    "74etat": Nature("etat", "État", "Ministère, direction ou service"),
    "74region": Nature("region", "Région", "Quelle région"),
    "74dep": Nature("dep", "Autre département", "Quel département"),
    "74epci": Nature("epci", "Intercommunalité", "Quelle intercommunalité"),
    "74com": Nature("commune", "Commune", "Quelle commune"),
    "74orgasoc": Nature("caf", "Organisme social", "CAF, MSA…"),
    "74fe": Nature("europe", "Autre fonds européen", "FEDER…"),
    "74asp": Nature("asp", "Agence de services et de paiement"),
    "74x": Nature("public", "Autre établissement public", "Quel établissement"),
    "74priv": Nature("prive", "Aide privée", "Quelle fondation ou entreprise"),
}
NOMMEES = {  # la ligne de rang 0, quand le compte en a une
    DEPARTEMENT: "Département (demande)",
    FSE: "Fonds social européen (FSE)",
}


def _lire() -> Iterator[Poste]:
    with FICHIER.open(encoding="utf-8", newline="") as lignes:
        for ligne in csv.DictReader(lignes):
            compte = ligne["compte"]
            yield Poste(ligne["cote"], compte, ligne["parent"] or compte, ligne["libelle"], ligne["saisissable"])


POSTES = tuple(_lire())
PAR_COMPTE = {poste.compte: poste for poste in POSTES}


def postes_de(cote: str) -> list[Poste]:
    """Les lignes d’un côté du budget, dans l’ordre du formulaire."""
    return [poste for poste in POSTES if poste.cote == cote]


def cle_ligne(compte: str, rang: int = 0) -> str:
    """« 601 », ou « 74com_2 » : ce qui désigne une ligne."""
    return f"{compte}_{rang}" if rang else compte


def cle_montant(compte: str, annee: int, rang: int = 0) -> str:
    """Le nom de la saisie d’un montant."""
    return f"c_{cle_ligne(compte, rang)}_{annee}"


def nom_du_financeur(compte: str, rang: int, precision: str) -> str:
    """« Commune de Denain », « FSE », « Commune (ligne 2) » : comment on nomme une ligne du compte 74."""
    if not rang:
        return NOMMEES.get(compte, PAR_COMPTE[compte].libelle)
    nature = NATURES[compte].nom
    return f"{nature} : {precision}" if precision else f"{nature} (ligne {rang})"
