"""Les cellules qu’un classeur dit en erreur (#N/A, #DIV/0!, Err:502) : le lecteur de classeurs les rend vides.

Une cellule vide vaut zéro dans bien des colonnes : ces erreurs sont donc relevées dans le XML, au passage du contrôle
de l’archive, et remises à leur place dans les rangées lues.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from config.socle.lecture.tableau import ERREUR_SANS_NOM, Cellule, FichierIllisible, Rangee, est_erreur_de_calcul

ERREURS_DE_CALCUL_MAXIMUM = 100_000  # cellules de tout le classeur


class Faute(NamedTuple):
    """Des cellules voisines d’une même ligne, colonnes comptées depuis 1, `fin` comprise."""

    debut: int
    fin: int
    texte: str


class ErreursDeCalcul:
    """Les cellules en erreur d’un classeur, rangées par feuille puis par ligne (la première est la ligne 1)."""

    def __init__(self) -> None:
        self._fautes: dict[str, dict[int, list[Faute]]] = defaultdict(lambda: defaultdict(list))
        self._nombre = 0
        self.relations: dict[str, str] = {}  # nom d’une feuille XLSX → identifiant de sa relation
        self.cibles: dict[str, str] = {}  # identifiant de relation → membre de l’archive

    def ajouter(self, lieu: str, lignes: range, colonnes: range, texte: str) -> None:
        """Noter des cellules en erreur. `lieu` : membre de l’archive (XLSX) ou nom de la feuille (ODS)."""
        self._nombre += len(lignes) * len(colonnes)
        if self._nombre > ERREURS_DE_CALCUL_MAXIMUM:
            raise FichierIllisible(
                f"Le classeur a plus de {ERREURS_DE_CALCUL_MAXIMUM} cellules en erreur de calcul "
                f"({texte or ERREUR_SANS_NOM}) : corrigez-les, puis recommencez."
            )
        dite = texte if est_erreur_de_calcul(texte) else ERREUR_SANS_NOM
        for ligne in lignes:
            self._fautes[lieu][ligne].append(Faute(colonnes[0], colonnes[-1], dite))

    def de_la_feuille(self, nom: str) -> Mapping[int, Sequence[Faute]]:
        """Numéro de ligne → fautes de cette ligne."""
        lieu = membre(self.cibles.get(self.relations[nom], "")) if nom in self.relations else nom
        return self._fautes.get(lieu, {})


def membre(cible: str) -> str:
    """Le membre de l’archive que désigne une relation du classeur, sous la forme où ses erreurs sont rangées."""
    propre = cible.replace("\\", "/").lower()
    return propre.removeprefix("/") if propre.startswith(("/", "xl/")) else f"xl/{propre}"


def remettre(rangees: Iterator[Rangee], fautes: Mapping[int, Sequence[Faute]], decalage: int) -> Iterator[Rangee]:
    """Les rangées, où chaque cellule en erreur porte le texte de son erreur.

    `decalage` : colonnes vides que le lecteur a sautées à gauche de la feuille.
    """
    for numero, rangee in zip(count(1), rangees, strict=False):
        yield _poser(rangee, fautes[numero], decalage) if numero in fautes else rangee


def _poser(rangee: Rangee, fautes: Sequence[Faute], decalage: int) -> Rangee:
    cellules: list[Cellule] = list(rangee)
    for faute in fautes:
        debut, fin = max(faute.debut - 1 - decalage, 0), faute.fin - decalage
        cellules += [None] * (fin - len(cellules))
        cellules[debut:fin] = [faute.texte] * (fin - debut)
    return tuple(cellules)
