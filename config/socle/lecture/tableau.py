"""Ce que rend la lecture d’un fichier : des en-têtes et des lignes numérotées comme dans le tableur."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Cellule = str | int | float | bool | date | datetime | time | timedelta | None
Rangee = tuple[Cellule, ...]

COLONNES_MAXIMUM = 500
ERREUR_SANS_NOM = "#ERREUR!"  # le tableur dit qu’une cellule est en erreur sans dire laquelle
# Ce que les tableurs montrent d’une formule qui échoue (#N/A, #DIV/0!, #VALEUR!, Err:502), ou d’un nombre qui ne tient
# pas dans sa colonne (#####) et qu’un export en CSV fige tel quel.
_ERREUR_DE_CALCUL = re.compile(
    r"#(?:N/[AD]|GETTING_DATA|[^\W_][\w/]{1,20}\s?[!?])|#{3,}|Err(?:eur)?\s*:\s*[0-9]{3}", re.IGNORECASE
)
SANS_LARGEUR = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


class FichierIllisible(Exception):
    """Le fichier ne peut pas être lu comme un tableau. Le message, en français, se montre tel quel."""


class FormuleSansResultat(str):
    """Une formule dont le classeur ne garde pas le résultat : ni une valeur, ni une cellule vide. Vaut son texte."""

    __slots__ = ()


class CelluleFusionnee(str):
    """Une cellule couverte par une fusion, sur une ligne qui a d’autres valeurs. Vaut de quoi la situer."""

    __slots__ = ()


@dataclass(frozen=True)
class Ligne:
    """Une ligne non vide. `numero` : celui que montre le tableur (la première ligne du fichier est la ligne 1)."""

    numero: int
    cellules: Rangee

    def cellule(self, position: int) -> Cellule:
        """La cellule de cette colonne (0 pour la première), `None` si la ligne est plus courte."""
        return self.cellules[position] if position < len(self.cellules) else None


@dataclass(frozen=True)
class Tableau:
    """Un tableau lu. `lignes()` peut être parcouru plusieurs fois ; rien n’est gardé d’une ligne à l’autre.

    `rangees` : fonction rendant toutes les rangées du fichier depuis la première, lignes vides comprises.
    """

    nom: str
    format: str
    feuille: str
    entetes: tuple[str, ...]
    ligne_entetes: int
    rangees: Callable[[], Iterator[Rangee]] = field(repr=False, compare=False)

    def lignes(self) -> Iterator[Ligne]:
        """Les lignes de données, sans les lignes vides (les numéros restent ceux du fichier)."""
        for numero, cellules in enumerate(self.rangees(), start=1):
            if numero > self.ligne_entetes and any(c is not None for c in cellules):
                yield Ligne(numero, cellules)


def nettoyer(valeur: Cellule) -> Cellule:
    """Texte débarrassé des espaces autour et des caractères sans largeur ; `None` pour une cellule vide."""
    if not isinstance(valeur, str):
        return valeur
    return valeur.translate(SANS_LARGEUR).strip() or None


def en_texte(valeur: Cellule) -> str:
    """La cellule comme la personne la lit : « 13/06/2016 », « 1234,5 », « vrai » ; vide pour `None`."""
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "vrai" if valeur else "faux"
    if isinstance(valeur, float):
        return str(int(valeur)) if valeur.is_integer() else f"{valeur:.15g}".replace(".", ",")
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    return str(valeur)


def est_erreur_de_calcul(valeur: Cellule) -> bool:
    """Vrai pour le texte par lequel un tableur dit qu’une formule a échoué : « #N/A », « #REF! », « Err:502 »."""
    return isinstance(valeur, str) and _ERREUR_DE_CALCUL.fullmatch(valeur.strip()) is not None


def caractere_interdit(texte: str) -> bool:
    """Vrai si le texte contient un caractère de commande (la base les refuse, un écran ne les montre pas)."""
    return any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\t\n\r" for c in texte)
