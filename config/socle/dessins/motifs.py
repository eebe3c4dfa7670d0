"""Des aplats qui se distinguent en gris : par leur luminance, ou par leur motif.

Deux voisins de même gris ne portent jamais le même motif : des traits clairs rayent le second. Aucun `<pattern>` :
un identifiant ne peut servir qu’une fois par page, et les dessins se répètent.
"""

from collections.abc import Sequence
from enum import StrEnum

from config.socle.dessins.couleurs import PAPIER, contraste
from config.socle.dessins.formes import Chemin, Forme, Rectangle, arrondir

SEUIL_DE_GRIS = 1.4  # contraste sous lequel deux aplats se confondent, imprimés en gris
PAS = 7  # entre deux hachures
TRAIT_DE_MOTIF = 1.6


class Motif(StrEnum):
    """Plein ; rayé de clair dans un sens ou dans l’autre ; clair, cerné de sa couleur et rayé ; ou vide et cerné."""

    PLEIN = "plein"
    HACHURES = "hachures"
    CONTRE = "contre"
    CLAIR = "clair"
    VIDE = "vide"


def motifs(couleurs: Sequence[str], demandes: Sequence[str] = ()) -> list[Motif]:
    """Le motif de chaque aplat d’une suite : celui qu’on demande, sinon ce qui le distingue de son voisin."""
    choisis: list[Motif] = []
    for rang, couleur in enumerate(couleurs):
        demande = demandes[rang] if rang < len(demandes) else ""
        if demande:
            choisis.append(Motif(demande))
            continue
        se_confond = rang > 0 and choisis[-1] == Motif.PLEIN and contraste(couleurs[rang - 1], couleur) < SEUIL_DE_GRIS
        choisis.append(Motif.HACHURES if se_confond else Motif.PLEIN)
    return choisis


def aplat(rectangle: Rectangle, motif: Motif) -> list[Forme]:
    """Le rectangle peint selon son motif."""
    if motif == Motif.PLEIN or rectangle.largeur <= 0 or rectangle.hauteur <= 0:
        return [rectangle]
    if motif in (Motif.HACHURES, Motif.CONTRE):
        return [rectangle, _rayures(rectangle, PAPIER, est_montant=motif == Motif.HACHURES)]
    cadre = _cadre(rectangle)
    if motif == Motif.VIDE:
        return [cadre]
    return [cadre, _rayures(rectangle, rectangle.couleur, est_montant=True)]


def fond_du_texte(motif: Motif, couleur: str) -> str:
    """La couleur sur laquelle un nombre s’écrit dans cet aplat."""
    return PAPIER if motif in (Motif.CLAIR, Motif.VIDE) else couleur


def cache(motif: Motif, couleur: str, x: float, y: float, largeur: float) -> list[Forme]:
    """Sous un nombre centré en (x, y), de quoi effacer les rayures qui le traverseraient."""
    if motif in (Motif.PLEIN, Motif.VIDE):
        return []
    fond = fond_du_texte(motif, couleur)
    return [Rectangle(arrondir(x - largeur / 2 - 3), arrondir(y - 11.5), arrondir(largeur + 6), 15, fond, 2)]


def _cadre(rectangle: Rectangle) -> Chemin:
    r = rectangle
    x, y = arrondir(r.x + 0.6), arrondir(r.y + 0.6)
    large, haut = arrondir(max(r.largeur - 1.2, 0.2)), arrondir(max(r.hauteur - 1.2, 0.2))
    return Chemin(f"M{x} {y}h{large}v{haut}h-{large}z", PAPIER, r.couleur, 1.2)


def _rayures(rectangle: Rectangle, couleur: str, *, est_montant: bool) -> Chemin:
    """Des segments à 45°, coupés aux bords : un seul chemin."""
    x, y, large, haut = rectangle.x, rectangle.y, rectangle.largeur, rectangle.hauteur
    morceaux = []
    depart = PAS / 2
    while depart < large + haut:
        # Le segment relie les points (depart, 0) et (0, depart) du rectangle, ramenés dans ses bords.
        u1, v1 = (depart, 0.0) if depart <= large else (large, depart - large)
        u2, v2 = (0.0, depart) if depart <= haut else (depart - haut, haut)
        if not est_montant:
            u1, u2 = large - u1, large - u2
        morceaux.append(f"M{arrondir(x + u1)} {arrondir(y + v1)}L{arrondir(x + u2)} {arrondir(y + v2)}")
        depart += PAS
    return Chemin("".join(morceaux), "none", couleur, TRAIT_DE_MOTIF)
