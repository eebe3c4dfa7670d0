"""Les cellules que le lecteur de classeurs rendrait vides alors qu’elles ne le sont pas.

Une cellule vide vaut zéro dans bien des colonnes. Sont donc relevées dans le XML, au passage du contrôle de l’archive,
puis remises à leur place dans les rangées lues : les erreurs de calcul (#N/A, #DIV/0!, Err:502), les formules dont le
classeur ne garde pas le résultat (écrit par un programme, jamais recalculé), les textes ODS sans type.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from config.socle.lecture.tableau import Cellule, FichierIllisible, FormuleSansResultat, Rangee, est_erreur_de_calcul
from config.socle.montants import format_nombre

PERDUES_MAXIMUM = 100_000  # cellules de tout le classeur


class Perdue(NamedTuple):
    """Des cellules voisines d’une même ligne, colonnes comptées depuis 1, `fin` comprise, et ce qu’elles portent."""

    debut: int
    fin: int
    texte: str


class CellulesPerdues:
    """Les cellules perdues d’un classeur, rangées par feuille puis par ligne (la première est la ligne 1).

    `est_a_recalculer` : le classeur déclare que les résultats de ses formules ne sont pas ceux d’un calcul.
    """

    def __init__(self) -> None:
        self._perdues: dict[str, dict[int, list[Perdue]]] = defaultdict(lambda: defaultdict(list))
        self._nombre = 0
        self.est_a_recalculer = False
        self.relations: dict[str, str] = {}  # nom d’une feuille XLSX → identifiant de sa relation
        self.cibles: dict[str, str] = {}  # identifiant de relation → membre de l’archive

    def ajouter(self, lieu: str, lignes: range, colonnes: range, texte: str) -> None:
        """Noter des cellules. `lieu` : membre de l’archive (XLSX) ou nom de la feuille (ODS).

        `FichierIllisible` quand il y en a trop : le classeur est à reprendre dans son ensemble.
        """
        self._nombre += len(lignes) * len(colonnes)
        if self._nombre > PERDUES_MAXIMUM:
            raise FichierIllisible(f"Le classeur a plus de {format_nombre(PERDUES_MAXIMUM)} {_trop(texte)}")
        for ligne in lignes:
            self._perdues[lieu][ligne].append(Perdue(colonnes[0], colonnes[-1], texte))

    def de_la_feuille(self, nom: str) -> Mapping[int, Sequence[Perdue]]:
        """Numéro de ligne → cellules perdues de cette ligne."""
        lieu = membre(self.cibles.get(self.relations[nom], "")) if nom in self.relations else nom
        return self._perdues.get(lieu, {})


def _trop(texte: str) -> str:
    if isinstance(texte, FormuleSansResultat):
        return (
            "formules dont le résultat n’est pas enregistré : ouvrez-le dans votre tableur, enregistrez-le, "
            "puis recommencez."
        )
    if est_erreur_de_calcul(texte):
        return f"cellules en erreur de calcul ({texte}) : corrigez-les, puis recommencez."
    return "cellules sans type : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis recommencez."


def membre(cible: str) -> str:
    """Le membre de l’archive que désigne une relation du classeur, sous la forme où ses cellules sont rangées."""
    propre = cible.replace("\\", "/").lower()
    return propre.removeprefix("/") if propre.startswith(("/", "xl/")) else f"xl/{propre}"


def remettre(rangees: Iterator[Rangee], perdues: Mapping[int, Sequence[Perdue]], decalage: int) -> Iterator[Rangee]:
    """Les rangées, où chaque cellule perdue porte son texte, jusqu’à la dernière.

    `decalage` : colonnes vides que le lecteur a sautées à gauche de la feuille ; celles du bas le sont aussi.
    """
    numero = 0
    for numero, rangee in enumerate(rangees, start=1):
        yield _poser(rangee, perdues[numero], decalage) if numero in perdues else rangee
    for suivant in range(numero + 1, max(perdues, default=0) + 1):
        yield _poser((), perdues.get(suivant, ()), decalage)


def _poser(rangee: Rangee, perdues: Sequence[Perdue], decalage: int) -> Rangee:
    cellules: list[Cellule] = list(rangee)
    for perdue in perdues:
        debut, fin = max(perdue.debut - 1 - decalage, 0), perdue.fin - decalage
        cellules += [None] * (fin - len(cellules))
        cellules[debut:fin] = [perdue.texte] * (fin - debut)
    return tuple(cellules)
