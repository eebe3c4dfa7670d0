"""Suivre l’étendue d’une feuille pendant que son XML défile, et relever les cellules que le lecteur rendrait vides."""

from xml.parsers import expat

from config.socle.lecture.cellules_perdues import CellulesPerdues
from config.socle.lecture.tableau import COLONNES_MAXIMUM, FichierIllisible, FormuleSansResultat
from config.socle.montants import format_nombre

LIGNES_MAXIMUM = 100_000
CASES_MAXIMUM = 3_000_000
TEXTE_MAXIMUM = 1_000  # caractères gardés d’une formule ou d’un texte sans type
MORCEAUX_MAXIMUM = 64  # morceaux de texte gardés d’une cellule

PROTEGE = "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."
ABIME = (
    "Le fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis recommencez."
)


class Etendue:
    """Ce qui est commun aux deux formats. `FichierIllisible` dès que la feuille dépasse les limites.

    `lieu` : membre de l’archive ; le texte n’est écouté que dans une cellule peut-être perdue.
    """

    def __init__(self, analyse: expat.XMLParserType, lieu: str, perdues: CellulesPerdues) -> None:
        self.analyse, self.lieu, self.perdues = analyse, lieu, perdues
        self.textes: list[str] = []
        self.ligne = self.colonne = self.ligne_max = self.colonne_max = 0

    def ouvrir(self, balise: str, attributs: dict[str, str]) -> None:
        """Tenir compte d’une balise ouvrante."""
        raise NotImplementedError

    def fermer(self, balise: str) -> None:
        """Tenir compte d’une balise fermante, dans une cellule écoutée."""
        raise NotImplementedError

    def ecouter(self) -> None:
        """Garder le texte qui suit, à partir de rien."""
        self.textes = []
        self.analyse.CharacterDataHandler = self._garder
        self.analyse.EndElementHandler = self.fermer

    def _garder(self, texte: str) -> None:
        if len(self.textes) < MORCEAUX_MAXIMUM:
            self.textes.append(texte[:TEXTE_MAXIMUM])

    def entendu(self) -> str:
        """Le texte gardé, raccourci."""
        return "".join(self.textes).strip()[:TEXTE_MAXIMUM]

    def se_taire(self) -> None:
        """Ne plus rien garder."""
        self.analyse.CharacterDataHandler = self.analyse.EndElementHandler = None

    def occuper(self, ligne: int, colonne: int) -> None:
        """Une cellule est remplie, jusqu’à cette ligne et cette colonne."""
        self.ligne_max, self.colonne_max = max(self.ligne_max, ligne), max(self.colonne_max, colonne)
        lignes, colonnes = self.ligne_max, self.colonne_max
        if lignes > LIGNES_MAXIMUM or colonnes > COLONNES_MAXIMUM or lignes * colonnes > CASES_MAXIMUM:
            raise FichierIllisible(
                f"La feuille s’étend jusqu’à la ligne {format_nombre(lignes)} et la colonne {format_nombre(colonnes)} "
                f": un import accepte {format_nombre(LIGNES_MAXIMUM)} lignes et {COLONNES_MAXIMUM} colonnes au plus. "
                "Supprimez ce qui est écrit loin du tableau, puis recommencez."
            )


def formule(texte: str) -> FormuleSansResultat:
    """La formule à montrer, « =A2*2 » ; celle qu’on recopie n’est écrite qu’une fois dans le classeur."""
    return FormuleSansResultat(f"={texte.removeprefix('of:').removeprefix('=')}" if texte else "(formule recopiée)")


def exiger(*, est_juste: bool) -> None:
    """`FichierIllisible` si l’archive n’est pas ce qu’elle doit être."""
    if not est_juste:
        raise FichierIllisible(ABIME)
