"""La mise en forme permise à un texte saisi : titres, paragraphes et listes. Ni ORM ni Django.

« # Titre », « ## Sous-titre », « - élément », et une ligne vide entre deux paragraphes ; le reste est du texte brut.
On découpe AVANT de substituer les variables : une valeur n’ouvre ni titre ni liste.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from financements.rules.variables import substituer

_TITRE = re.compile(r"(#{1,2}) +(\S.*)")
_ELEMENT = re.compile(r"[-•] +(\S.*)")


class Sorte(StrEnum):
    """`TITRE` et `SOUS_TITRE` n’ont qu’une ligne ; une liste, une par élément ; un paragraphe, une par ligne."""

    TITRE = "titre"
    SOUS_TITRE = "sous-titre"
    PARAGRAPHE = "paragraphe"
    LISTE = "liste"


@dataclass(frozen=True, slots=True)
class Bloc:
    """Des lignes non vides, sans leur marque."""

    sorte: Sorte
    lignes: tuple[str, ...]


def decouper(texte: str) -> tuple[Bloc, ...]:
    """Les blocs du texte, dans l’ordre ; un texte blanc n’en a aucun."""
    blocs: list[Bloc] = []
    ouvert = False
    for brute in texte.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        ligne = brute.strip()
        if not ligne:
            ouvert = False
            continue
        sorte, contenu = _lire(ligne)
        if ouvert and blocs[-1].sorte == sorte and sorte in {Sorte.PARAGRAPHE, Sorte.LISTE}:
            blocs[-1] = replace(blocs[-1], lignes=(*blocs[-1].lignes, contenu))
        else:
            blocs.append(Bloc(sorte, (contenu,)))
        ouvert = True
    return tuple(blocs)


def remplir(texte: str, valeurs: Mapping[str, str]) -> tuple[Bloc, ...]:
    """Découpe puis substitue, ligne par ligne. Lève `TexteRefuse` (variable inconnue, avec la ligne du texte)."""
    substituer(texte, valeurs)  # les erreurs ont les lignes du texte entier, pas celles d’un bloc
    return tuple(
        replace(bloc, lignes=tuple(substituer(ligne, valeurs) for ligne in bloc.lignes)) for bloc in decouper(texte)
    )


def _lire(ligne: str) -> tuple[Sorte, str]:
    if titre := _TITRE.fullmatch(ligne):
        return (Sorte.TITRE if titre[1] == "#" else Sorte.SOUS_TITRE), titre[2]
    if element := _ELEMENT.fullmatch(ligne):
        return Sorte.LISTE, element[1]
    return Sorte.PARAGRAPHE, ligne
