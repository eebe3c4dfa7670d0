"""Plusieurs personnes écrivent le même projet : chaque champ se fusionne à part, rien n’est écrasé sans être vu."""

from collections.abc import Mapping
from dataclasses import dataclass

Valeur = str | list[str]


@dataclass(frozen=True, slots=True)
class Conflit:
    """Le même champ changé des deux côtés : ce qui avait été lu, ce que je saisis, ce qui est enregistré."""

    champ: str
    lu: Valeur
    saisi: Valeur
    enregistre: Valeur


@dataclass(frozen=True, slots=True)
class Fusion:
    """`a_ecrire` : les champs que j’ai changés et que personne n’a touchés ; `conflits` : les autres."""

    a_ecrire: dict[str, Valeur]
    conflits: list[Conflit]


def fusionner(*, lu: Mapping[str, Valeur], saisi: Mapping[str, Valeur], enregistre: Mapping[str, Valeur]) -> Fusion:
    """Fusion à trois, champ par champ ; un champ absent vaut le texte vide.

    `lu` : ce que la page montrait à son ouverture ; `saisi` : ce qu’elle envoie ; `enregistre` : la base maintenant.
    """
    a_ecrire: dict[str, Valeur] = {}
    conflits: list[Conflit] = []
    for champ, valeur in saisi.items():
        avant, actuel = lu.get(champ, ""), enregistre.get(champ, "")
        if _egales(valeur, avant) or _egales(valeur, actuel):
            continue
        if _egales(actuel, avant):
            a_ecrire[champ] = valeur
        else:
            conflits.append(Conflit(champ, avant, valeur, actuel))
    return Fusion(a_ecrire, conflits)


def _egales(une: Valeur, autre: Valeur) -> bool:
    """Une liste vide et un texte vide disent la même chose : rien."""
    return une == autre or (not une and not autre)


def normaliser(valeur: Valeur) -> Valeur:
    """Fins de ligne réduites à une seule, caractère nul ôté : un navigateur et la base se comparent ainsi."""
    if isinstance(valeur, list):
        return [str(normaliser(v)) for v in valeur]
    return valeur.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
