"""Barres d’avancement : une bande par ligne, un segment par étape, la légende au-dessus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.socle.dessins.couleurs import ENCRE_DOUCE, PAPIER, PISTE, TONS, encre_sur
from config.socle.dessins.formes import CORPS, Dessin, Forme, Rectangle, Texte, Trait, arrondir
from config.socle.dessins.motifs import Motif, aplat, cache, fond_du_texte, motifs
from config.socle.dessins.texte import couper, largeur_texte
from config.socle.montants import format_nombre

RANGEE = 30
EPAISSEUR = 18
LEGENDE = 22  # hauteur d’une ligne de légende
PASTILLE = 10
ECART = 18  # entre deux étapes de la légende
MARGE_DU_NOMBRE = 8  # ce qu’il faut de plus que le nombre pour qu’il tienne dans son segment


@dataclass(frozen=True)
class Etape:
    """Une étape, du départ à l’arrivée ; `ton` : nom d’une couleur du thème ; `motif` : choisi à défaut."""

    libelle: str
    ton: str
    motif: str = ""


@dataclass(frozen=True)
class LigneAvancement:
    """Un libellé, et combien sont à chaque étape (entiers ≥ 0, dans l’ordre des étapes)."""

    libelle: str
    nombres: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.nombres)


def avancement(
    *,
    titre: str,
    etapes: Sequence[Etape],
    lignes: Sequence[LigneAvancement],
    largeur: float = 640,
    ecrire: Callable[[int], str] = format_nombre,
) -> Dessin:
    """Toutes les bandes ont la même échelle : la plus longue est celle qui compte le plus ; le total au bout.

    `ecrire` : comment se lit un nombre (des centimes, par exemple).

    `ValueError` si une ligne n’a pas un nombre ≥ 0 par étape.
    """
    for ligne in lignes:
        if len(ligne.nombres) != len(etapes) or min(ligne.nombres, default=0) < 0:
            raise ValueError(f"« {ligne.libelle} » : il faut {len(etapes)} nombres positifs ou nuls")
    formes, haut = _legende(etapes, largeur)
    marge = min(largeur * 0.34, max((largeur_texte(ligne.libelle, CORPS) for ligne in lignes), default=0) + 14)
    bout = max((largeur_texte(ecrire(ligne.total), CORPS) for ligne in lignes), default=0) + 14
    maximum = max((ligne.total for ligne in lignes), default=0) or 1
    unite = (largeur - marge - bout) / maximum
    for rang, ligne in enumerate(lignes):
        formes += _bande(ligne, etapes, haut + rang * RANGEE, (arrondir(marge), unite), ecrire)
    return Dessin(titre, largeur, haut + len(lignes) * RANGEE, tuple(formes))


def _legende(etapes: Sequence[Etape], largeur: float) -> tuple[list[Forme], float]:
    """Les étapes à la suite, à la ligne quand il le faut ; rend aussi la hauteur prise."""
    formes: list[Forme] = []
    x, y = 0.0, 0.0
    for etape, motif in zip(etapes, _motifs(etapes), strict=True):
        longueur = PASTILLE + 6 + largeur_texte(etape.libelle, CORPS)
        if x and x + longueur > largeur:
            x, y = 0.0, y + LEGENDE
        formes += aplat(Rectangle(arrondir(x), y + 3, PASTILLE, PASTILLE, TONS[etape.ton], 2), motif)
        formes.append(Texte(arrondir(x + PASTILLE + 6), y + 12.5, etape.libelle))
        x += longueur + ECART
    return formes, y + LEGENDE + 6 if etapes else 0.0


def _motifs(etapes: Sequence[Etape]) -> list[Motif]:
    return motifs([TONS[etape.ton] for etape in etapes], [etape.motif for etape in etapes])


def _bande(
    ligne: LigneAvancement,
    etapes: Sequence[Etape],
    y: float,
    echelle: tuple[float, float],
    ecrire: Callable[[int], str],
) -> list[Forme]:
    gauche, unite = echelle
    haut, base = y + (RANGEE - EPAISSEUR) / 2, y + RANGEE / 2 + 4.5
    formes: list[Forme] = [Texte(0, base, couper(ligne.libelle, CORPS, gauche - 10, lignes=1)[0])]
    if not ligne.total:
        formes.append(Rectangle(gauche, haut, 2, EPAISSEUR, PISTE))
    x = gauche
    for etape, motif, nombre in zip(etapes, _motifs(etapes), ligne.nombres, strict=True):
        if not nombre:
            continue
        long = nombre * unite
        couleur = TONS[etape.ton]
        formes += aplat(Rectangle(arrondir(x), haut, arrondir(long), EPAISSEUR, couleur), motif)
        if x > gauche:  # un filet blanc sépare deux segments de même gris
            formes.append(Trait(arrondir(x), haut, arrondir(x), haut + EPAISSEUR, PAPIER, 1.4))
        texte = ecrire(nombre)
        if long >= largeur_texte(texte, CORPS) + MARGE_DU_NOMBRE:
            milieu, encre = arrondir(x + long / 2), encre_sur(fond_du_texte(motif, couleur))
            formes += cache(motif, couleur, milieu, base, largeur_texte(texte, CORPS))
            formes.append(Texte(milieu, base, texte, encre, ancre="middle"))
        x += long
    formes.append(Texte(arrondir(x + 8), base, ecrire(ligne.total), ENCRE_DOUCE, graisse=600))
    return formes
