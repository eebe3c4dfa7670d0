"""Les cellules que le lecteur de classeurs rendrait vides alors qu’elles ne le sont pas.

Une cellule vide vaut zéro dans bien des colonnes. Sont donc relevées dans le XML, au passage du contrôle de l’archive,
puis remises à leur place dans les rangées lues : les erreurs de calcul (#N/A, #DIV/0!, Err:502), les formules dont le
classeur ne garde pas le résultat (écrit par un programme, jamais recalculé), les textes ODS sans type. De même une
cellule fusionnée avec celle du dessus montre un montant et se lirait zéro.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from config.socle.lecture.tableau import (
    COLONNES_MAXIMUM,
    Cellule,
    CelluleFusionnee,
    FichierIllisible,
    FormuleSansResultat,
    Rangee,
    est_erreur_de_calcul,
)
from config.socle.montants import format_nombre

PERDUES_MAXIMUM = 100_000  # cellules de tout le classeur
CHEVAUCHEMENT = "Des fusions de cellules se chevauchent : défusionnez les cellules du tableau, puis recommencez."


class Perdue(NamedTuple):
    """Des cellules voisines d’une même ligne, colonnes comptées depuis 1, `fin` comprise, et ce qu’elles portent."""

    debut: int
    fin: int
    texte: str


class Fusion(NamedTuple):
    """Une plage de cellules fusionnées, lignes et colonnes comptées depuis 1, bouts compris."""

    haut: int
    bas: int
    gauche: int
    droite: int


class CellulesPerdues:
    """Les cellules perdues d’un classeur, rangées par feuille puis par ligne (la première est la ligne 1).

    `est_a_recalculer` : le classeur déclare que les résultats de ses formules ne sont pas ceux d’un calcul.
    """

    def __init__(self) -> None:
        self._perdues: dict[str, dict[int, list[Perdue]]] = defaultdict(lambda: defaultdict(list))
        self._fusions: dict[str, dict[int, list[Fusion]]] = defaultdict(lambda: defaultdict(list))
        self._nombre = self._nombre_fusions = 0
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

    def fusionner(self, lieu: str, fusion: Fusion) -> None:
        """Noter une fusion. `FichierIllisible` quand il y en a trop."""
        self._nombre_fusions += 1
        if self._nombre_fusions > PERDUES_MAXIMUM:
            raise FichierIllisible(
                f"Le classeur a plus de {format_nombre(PERDUES_MAXIMUM)} fusions de cellules : défusionnez-les, puis "
                "recommencez."
            )
        self._fusions[lieu][fusion.haut].append(fusion)

    def de_la_feuille(self, nom: str) -> Mapping[int, Sequence[Perdue]]:
        """Numéro de ligne → cellules perdues de cette ligne."""
        return self._perdues.get(self._lieu(nom), {})

    def fusions_de_la_feuille(self, nom: str) -> Mapping[int, Sequence[Fusion]]:
        """Numéro de ligne → fusions qui y commencent."""
        return self._fusions.get(self._lieu(nom), {})

    def _lieu(self, nom: str) -> str:
        return membre(self.cibles.get(self.relations[nom], "")) if nom in self.relations else nom


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


def montrer_les_fusions(
    rangees: Iterator[Rangee], fusions: Mapping[int, Sequence[Fusion]], decalage: int
) -> Iterator[Rangee]:
    """Les rangées, où chaque cellule couverte par une fusion remplie le dit, si sa ligne porte autre chose."""
    actives: list[Fusion] = []
    for numero, rangee in enumerate(rangees, start=1):
        actives = [fusion for fusion in actives if fusion.bas >= numero]
        actives += [f for f in fusions.get(numero, ()) if _est_remplie(rangee, f.gauche - 1 - decalage)]
        if len(actives) > COLONNES_MAXIMUM:
            raise FichierIllisible(CHEVAUCHEMENT)
        est_a_lire = actives and any(cellule is not None for cellule in rangee)
        yield _couvrir(rangee, numero, actives, decalage) if est_a_lire else rangee


def _est_remplie(rangee: Rangee, position: int) -> bool:
    return 0 <= position < len(rangee) and rangee[position] is not None


def _couvrir(rangee: Rangee, numero: int, fusions: Sequence[Fusion], decalage: int) -> Rangee:
    cellules: list[Cellule] = list(rangee)
    couvertes = 0
    for fusion in fusions:
        debut = max(fusion.gauche - 1 - decalage, 0) + (numero == fusion.haut)
        plage = range(debut, min(fusion.droite - decalage, len(cellules)))
        couvertes += len(plage) + (numero == fusion.haut)
        if couvertes > COLONNES_MAXIMUM:
            raise FichierIllisible(CHEVAUCHEMENT)
        for position in plage:
            if cellules[position] is None:
                cellules[position] = CelluleFusionnee(f"(fusionnée avec {_adresse(fusion)})")
    return tuple(cellules)


def _adresse(fusion: Fusion) -> str:
    """« B12 », comme la montre le tableur."""
    lettres, reste = "", fusion.gauche
    while reste:
        reste, rang = divmod(reste - 1, 26)
        lettres = chr(ord("A") + rang) + lettres
    return f"{lettres}{fusion.haut}"
