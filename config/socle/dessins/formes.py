"""Un dessin est une liste de formes simples, dans leur ordre de peinture. Unités : celles de la boîte du dessin."""

from dataclasses import dataclass
from typing import TypeAlias

from config.socle.dessins.couleurs import ENCRE

CORPS = 13  # taille du texte courant d’un dessin
PETIT = 200
MOYEN = 480


@dataclass(frozen=True)
class Rectangle:
    """Aplat. `rayon` arrondit les quatre coins."""

    x: float
    y: float
    largeur: float
    hauteur: float
    couleur: str
    rayon: float = 0


@dataclass(frozen=True)
class Trait:
    """Segment de droite ; `tirets` : longueurs du tracé et du vide (« 6 4 »), vide pour un trait continu."""

    x1: float
    y1: float
    x2: float
    y2: float
    couleur: str
    epaisseur: float = 1
    tirets: str = ""


@dataclass(frozen=True)
class Chemin:
    """Surface fermée, ou des segments si sa couleur est « none » : `trace` est un attribut `d`."""

    trace: str
    couleur: str
    contour: str
    epaisseur: float = 1


@dataclass(frozen=True)
class Texte:
    """Une ligne de texte ; `y` est la ligne de base, `ancre` vaut start, middle ou end."""

    x: float
    y: float
    texte: str
    couleur: str = ENCRE
    corps: float = CORPS
    ancre: str = "start"
    graisse: int = 400


@dataclass(frozen=True)
class Groupe:
    """Des formes qui vont ensemble, nommées par `titre` et peut-être liées à une page."""

    titre: str
    formes: tuple["Rectangle | Trait | Chemin | Texte", ...]
    lien: str = ""


Forme: TypeAlias = Rectangle | Trait | Chemin | Texte | Groupe


@dataclass(frozen=True)
class Dessin:
    """Prêt à peindre par `composants/dessins/dessin.svg.html`.

    `titre` est l’alternative textuelle. Un dessin décoratif (la case voisine dit le nombre) est tu à l’écran : son
    titre ne sert qu’au PDF, où toute figure en veut un.
    """

    titre: str
    largeur: float
    hauteur: float
    formes: tuple[Forme, ...]
    est_decoratif: bool = False

    @property
    def est_petit(self) -> bool:
        """Vrai pour un dessin qui garde sa taille propre au lieu de remplir sa colonne."""
        return self.largeur < PETIT

    @property
    def est_moyen(self) -> bool:
        """Vrai pour un dessin fait pour une colonne étroite : il peut rétrécir davantage avant de défiler."""
        return PETIT <= self.largeur < MOYEN

    @property
    def est_lie(self) -> bool:
        """Vrai si une forme mène à une page : le dessin n’est plus une image mais un groupe de liens."""
        return any(isinstance(forme, Groupe) and forme.lien for forme in self.formes)


def arrondir(valeur: float) -> float:
    """Un dixième d’unité suffit à l’œil et garde les fichiers petits."""
    return round(valeur, 1)
