"""Un texte à variables : `{{ nom }}` y est remplacé par sa valeur, et rien d’autre n’y est évalué. Ni ORM ni Django.

Le texte est saisi par le département : aucun gabarit n’est exécuté, une valeur remplacée n’est jamais relue. Le
résultat est du texte brut : qui l’affiche en HTML l’échappe.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

# Une ouverture va jusqu’à sa fermeture, sur la même ligne et sans autre ouverture entre les deux.
_MARQUE = re.compile(r"\{\{(?P<nom>(?:(?!\{\{|\}\}).)*)\}\}|(?P<seule>\{\{|\}\}|\{%|%\}|\{#|#\})")
_NOM = re.compile(r"[a-z][a-z0-9_]*")
_ORPHELINES = {
    "{{": "« {{ » n’est pas fermé sur la même ligne par « }} ».",
    "}}": "« }} » ne ferme rien\u00a0: il manque « {{ » devant, sur la même ligne.",
}


class TexteRefuse(ValueError):
    """Un texte à variables qui ne se substitue pas ; `erreurs` les dit toutes, le message est la première."""

    def __init__(self, erreurs: tuple["Erreur", ...]) -> None:
        super().__init__(str(erreurs[0]))
        self.erreurs = erreurs


@dataclass(frozen=True, slots=True)
class Erreur:
    """`ligne` : numéro dans le texte, à partir de 1."""

    ligne: int
    message: str

    def __str__(self) -> str:
        return f"Ligne {self.ligne}\u00a0: {self.message}"


@dataclass(frozen=True, slots=True)
class Analyse:
    """`variables` : les noms connus employés, dans l’ordre de leur première apparition, sans répétition."""

    variables: tuple[str, ...]
    erreurs: tuple[Erreur, ...]


def analyser(texte: str, connues: Collection[str], obligatoires: Collection[str] = ()) -> Analyse:
    """Les variables d’un texte et toutes ses erreurs, dans l’ordre des lignes ; ne lève rien.

    `connues` : les noms permis ; `obligatoires` : ceux qui doivent paraître au moins une fois (dits à la dernière
    ligne).
    """
    variables: dict[str, None] = {}
    erreurs: list[Erreur] = []
    lignes = _lignes(texte)
    for numero, ligne in enumerate(lignes, start=1):
        for nom, faute in _marques(ligne, connues):
            if faute:
                erreurs.append(Erreur(numero, faute))
            else:
                variables[nom] = None
    erreurs += [
        Erreur(len(lignes), f"la variable « {{{{ {nom} }}}} » doit figurer dans le texte.")
        for nom in obligatoires
        if nom not in variables
    ]
    return Analyse(tuple(variables), tuple(erreurs))


def substituer(texte: str, valeurs: Mapping[str, str]) -> str:
    """Le texte, chaque `{{ nom }}` remplacé par `valeurs[nom]`. Lève `TexteRefuse` si une variable est inconnue ou
    une accolade mal fermée. Une valeur qui contient elle-même des accolades reste telle quelle."""
    if erreurs := analyser(texte, valeurs).erreurs:
        raise TexteRefuse(erreurs)
    return _MARQUE.sub(lambda marque: valeurs[marque["nom"].strip()], texte)


def _marques(ligne: str, connues: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pour chaque marque : (nom, "") si elle est bonne, ("", la faute) sinon."""
    for marque in _MARQUE.finditer(ligne):
        seule = marque["seule"]
        if seule:
            yield "", _ORPHELINES.get(seule, f"« {seule} » n’a pas de sens ici\u00a0: écrivez {{{{ variable }}}}.")
            continue
        nom = marque["nom"].strip()
        yield (nom, "") if nom in connues and _NOM.fullmatch(nom) else ("", _faute(nom, connues))


def _faute(nom: str, connues: Collection[str]) -> str:
    if not nom:
        return "« {{ }} » est vide\u00a0: écrivez le nom d’une variable."
    if not _NOM.fullmatch(nom):
        return (
            f"« {{{{ {nom} }}}} » n’est pas un nom de variable\u00a0: "
            "des minuscules sans accent, des chiffres et « _ », sans filtre ni calcul."
        )
    proches = get_close_matches(nom, sorted(connues), n=1)
    suite = f" Vouliez-vous dire « {proches[0]} »\u00a0?" if proches else ""
    return f"la variable « {nom} » n’existe pas.{suite}"


def _lignes(texte: str) -> list[str]:
    """Les lignes d’un texte venu d’un formulaire : seules les vraies fins de ligne comptent."""
    return texte.replace("\r\n", "\n").replace("\r", "\n").split("\n")
