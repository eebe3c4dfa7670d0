"""L’imputation budgétaire d’une subvention : elle dépend de l’axe, de qui la reçoit et de l’exercice.

La nature comptable suit la personnalité du bénéficiaire (M52 : 6574 personnes de droit privé, 65734 communes et
intercommunalités, 65737 établissements publics locaux ; M57 : 65748, 65734, 65735, 657363, et 65742
pour les entreprises, que la M52 ne met pas à part). Ni ORM ni Django.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Categorie(StrEnum):
    """Qui reçoit, au sens des nomenclatures M52 et M57."""

    PRIVE = "prive"
    ENTREPRISE = "entreprise"
    COMMUNE = "commune"
    GROUPEMENT = "groupement"
    CCAS = "ccas"
    AUTRE_PUBLIC = "autre_public"


NOMS: dict[Categorie, str] = {
    Categorie.PRIVE: "personne de droit privé",
    Categorie.ENTREPRISE: "entreprise",
    Categorie.COMMUNE: "commune",
    Categorie.GROUPEMENT: "groupement de collectivités",
    Categorie.CCAS: "CCAS ou CIAS",
    Categorie.AUTRE_PUBLIC: "autre organisme public",
}
# Forme juridique d’un organisme (sa clé) → catégorie ; une forme absente est de droit privé.
_PAR_FORME = {
    "entreprise": Categorie.ENTREPRISE,
    "commune": Categorie.COMMUNE,
    "epci": Categorie.GROUPEMENT,
    "ccas": Categorie.CCAS,
    "gip": Categorie.AUTRE_PUBLIC,
}


class ImputationManquante(LookupError):
    """Aucune imputation ne convient ; le message dit l’axe, la catégorie et l’exercice."""


@dataclass(frozen=True, slots=True)
class Rattachement:
    """L’imputation `cle` vaut pour cet axe (son numéro), cette catégorie, de `premier` à `dernier` exercice."""

    cle: int
    axe: int
    categorie: Categorie
    premier: int
    dernier: int


def sert_pour(liens: Iterable[tuple[int, str]]) -> list[str]:
    """Ce pour quoi une imputation sert, d’après ses (axe, catégorie) : « axes 1 à 4 : commune, CCAS ou CIAS »."""
    par_axe: dict[int, set[str]] = {}
    for axe, categorie in liens:
        par_axe.setdefault(axe, set()).add(categorie)
    axes_de: dict[tuple[str, ...], list[int]] = {}
    for axe, categories in sorted(par_axe.items()):
        axes_de.setdefault(tuple(NOMS[une] for une in Categorie if une in categories), []).append(axe)
    return [f"{_axes(axes)}\u00a0: {', '.join(noms)}" for noms, axes in axes_de.items()]


def _axes(axes: list[int]) -> str:
    if len(axes) == 1:
        return f"axe {axes[0]}"
    se_suivent = len(axes) > 2 and axes[-1] - axes[0] == len(axes) - 1  # noqa: PLR2004 (deux axes s’énumèrent)
    return f"axes {axes[0]} à {axes[-1]}" if se_suivent else f"axes {', '.join(map(str, axes))}"


def categorie_de(forme_juridique: str) -> Categorie:
    """La catégorie d’un organisme d’après sa forme juridique."""
    return _PAR_FORME.get(forme_juridique, Categorie.PRIVE)


def trouver(rattachements: Iterable[Rattachement], *, axe: int, categorie: Categorie, exercice: int) -> int:
    """La clé de l’imputation. Lève `ImputationManquante` si aucune ne convient, ou si plusieurs se disputent."""
    cles = {
        un.cle
        for un in rattachements
        if (un.axe, un.categorie) == (axe, categorie) and un.premier <= exercice <= un.dernier
    }
    if len(cles) == 1:
        return cles.pop()
    combien = "a plusieurs imputations" if cles else "n’a pas d’imputation"
    raise ImputationManquante(f"L’axe {axe} {combien} en {exercice} pour\u00a0: {NOMS[categorie]}.")
