"""Carte choroplèthe : contours GeoJSON, classes rondes, étiquettes dans les zones ou au-dehors, légende."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

from config.socle.dessins.couleurs import ENCRE, ENCRE_DOUCE, PAPIER, PISTE, TRAIT, degrade, encre_sur
from config.socle.dessins.formes import CORPS, Chemin, Dessin, Forme, Groupe, Rectangle, Texte, Trait, arrondir
from config.socle.dessins.geographie import (
    Anneau,
    Boite,
    Point,
    anneaux_geojson,
    place_etiquette,
    projeter,
    trace,
    traversees,
)
from config.socle.dessins.texte import couper, largeur_texte
from config.socle.montants import format_nombre

Valeur = int | Decimal
CLASSES = 5
MARGE = 6
LIGNE_LEGENDE = 19
VOISINAGE = 3  # deux contours voisins simplifiés ne se touchent pas exactement


@dataclass(frozen=True)
class Zone:
    """Un territoire : contour GeoJSON (degrés), valeur ou None (pas de donnée), nombre écrit, page liée (écran)."""

    code: str
    nom: str
    contour: Mapping[str, Any]
    valeur: Valeur | None
    texte: str
    lien: str = ""


def bornes_rondes(valeurs: Sequence[Valeur]) -> tuple[Decimal, ...]:
    """Bornes de cinq classes égales au plus, à pas rond (1, 2, 2,5 ou 5 × 10ⁿ), qui couvrent toutes les valeurs."""
    if not valeurs:
        return ()
    bas, haut = Decimal(min(valeurs)), Decimal(max(valeurs))
    vise = (haut - bas) / CLASSES or Decimal(1)
    for exposant in range(vise.adjusted(), vise.adjusted() + 3):
        for facteur in ("1", "2", "2.5", "5"):
            pas = Decimal(facteur).scaleb(exposant)
            depart = bas // pas * pas if bas >= 0 else -(ceil(-bas / pas) * pas)
            classes = max(ceil((haut - depart) / pas), 1)
            if classes <= CLASSES:
                return tuple(depart + pas * rang for rang in range(classes + 1))
    raise ValueError(f"pas de classes pour {bas} … {haut}")  # inatteignable : le pas finit par dépasser l’étendue


def classe(valeur: Valeur, bornes: Sequence[Decimal]) -> int:
    """Rang de la classe : borne basse comprise, borne haute exclue sauf pour la dernière."""
    return max(0, min(sum(borne <= valeur for borne in bornes) - 1, len(bornes) - 2))


def carte(
    *,
    titre: str,
    zones: Sequence[Zone],
    legende: str = "",
    format_borne: Callable[[Decimal], str] = format_nombre,
    largeur: float = 560,
    avec_classes: bool = True,
) -> Dessin:
    """Chaque zone teintée selon sa valeur ; le nom s’écrit dans la zone s’il y tient, sinon à côté.

    `avec_classes=False` : une carte de situation, sans légende de classes.
    """
    contours, hauteur = projeter([anneaux_geojson(zone.contour) for zone in zones], largeur, MARGE)
    bornes = bornes_rondes([zone.valeur for zone in zones if zone.valeur is not None])
    couleurs = degrade(max(len(bornes) - 1, 1))
    tout = [anneau for anneaux in contours for anneau in anneaux]
    fonds: list[Forme] = []
    surfaces: list[Forme] = []
    etiquettes: list[Forme] = []
    for zone, anneaux in zip(zones, contours, strict=True):
        couleur = PISTE if zone.valeur is None else couleurs[classe(zone.valeur, bornes)]
        forme = trace(anneaux)
        fonds.append(Chemin(forme, TRAIT, TRAIT, 2.8))  # liseré du pourtour, sous les limites blanches
        surface = Chemin(forme, couleur, PAPIER, 1.3)
        surfaces.append(Groupe(f"{zone.nom} : {zone.texte}" if zone.texte else zone.nom, (surface,), zone.lien))
        etiquettes += _etiquette(zone, anneaux, couleur, tout, largeur)
    cles = [(couleurs[n], f"{format_borne(a)} à {format_borne(b)}") for n, (a, b) in enumerate(pairwise(bornes))]
    if any(zone.valeur is None for zone in zones):
        cles.append((PISTE, "pas de donnée"))
    formes_legende, hauteur = _legende(legende, cles if avec_classes else [], tout, (largeur, hauteur))
    return Dessin(titre, largeur, arrondir(hauteur), (*fonds, *surfaces, *etiquettes, *formes_legende))


def _etiquette(
    zone: Zone, anneaux: Sequence[Anneau], couleur: str, tout: Sequence[Anneau], largeur: float
) -> list[Forme]:
    if not anneaux:
        return []
    encre = encre_sur(couleur)
    (x, y), libre = place_etiquette(anneaux, 30)
    lignes = couper(zone.nom, CORPS - 1, libre - 16)
    if all(largeur_texte(ligne, CORPS - 1) <= libre - 10 for ligne in lignes) and not lignes[-1].endswith("…"):
        haut = y - 7.5 * len(lignes) + 4.5
        formes: list[Forme] = [
            Texte(arrondir(x), arrondir(haut + 14 * rang), ligne, encre, CORPS - 1, "middle")
            for rang, ligne in enumerate(lignes)
        ]
        formes.append(Texte(arrondir(x), arrondir(haut + 14 * len(lignes) + 1), zone.texte, encre, 14, "middle", 600))
        return formes
    (x, y), libre = place_etiquette(anneaux, 14)
    if largeur_texte(zone.texte, CORPS) + 8 > libre:  # le nombre déborderait sur le voisin : dehors, avec le nom
        ailleurs = _dehors((x, y), anneaux, tout, largeur, (*couper(zone.nom, CORPS - 1, 130), zone.texte))
        if ailleurs:
            return ailleurs
    nombre = Texte(arrondir(x), arrondir(y + 4.5), zone.texte, encre, CORPS, "middle", 600)
    return [nombre, *_dehors((x, y), anneaux, tout, largeur, couper(zone.nom, CORPS - 1, 130))]


def _dehors(
    place: Point, anneaux: Sequence[Anneau], tout: Sequence[Anneau], largeur: float, mots: Sequence[str]
) -> list[Forme]:
    """Ces lignes hors du contour, au bout d’un trait vers la droite ou la gauche ; rien si le chemin est pris."""
    x, y = place
    place_nom = max(largeur_texte(mot, CORPS - 1) for mot in mots) + 26
    siennes, toutes = traversees(anneaux, y), traversees(tout, y)
    bord_gauche = min((debut for debut, _ in siennes), default=x)
    bord_droit = max((fin for _, fin in siennes), default=x)
    if bord_droit + place_nom <= largeur and max(fin for _, fin in toutes) <= bord_droit + VOISINAGE:
        depart, sens, ancre = bord_droit, 1, "start"
    elif bord_gauche - place_nom >= 0 and min(debut for debut, _ in toutes) >= bord_gauche - VOISINAGE:
        depart, sens, ancre = bord_gauche, -1, "end"
    else:
        return []
    filet = Trait(arrondir(depart - 3 * sens), arrondir(y), arrondir(depart + 16 * sens), arrondir(y), ENCRE, 0.8)
    premiere = y + 4 - 7 * (len(mots) - 1)
    noms = [
        Texte(arrondir(depart + 20 * sens), arrondir(premiere + 14 * rang), mot, ENCRE, CORPS - 1, ancre)
        for rang, mot in enumerate(mots)
    ]
    return [filet, *noms]


def _legende(
    titre: str, cles: Sequence[tuple[str, str]], tout: Sequence[Anneau], cadre: tuple[float, float]
) -> tuple[list[Forme], float]:
    """Dans le premier coin libre de la carte, sinon dessous. Rend les formes et la hauteur du dessin."""
    if not cles:
        return [], cadre[1]
    largeur, hauteur = cadre
    mots = couper(titre, 12, 170) if titre else ()
    large = max([largeur_texte(mot, 12) for mot in mots] + [largeur_texte(texte, 12) + 28 for _, texte in cles])
    haute = 15 * len(mots) + LIGNE_LEGENDE * len(cles) + 6
    coins = (
        Boite(0, hauteur - haute, large, hauteur),
        Boite(largeur - large, 0, largeur, haute),
        Boite(largeur - large, hauteur - haute, largeur, hauteur),
        Boite(0, 0, large, haute),
    )
    coin = next((coin for coin in coins if _est_libre(coin, tout)), None)
    if coin is None:
        coin, hauteur = Boite(0, hauteur + 4, large, hauteur + 4 + haute), hauteur + 4 + haute
    formes: list[Forme] = [
        Texte(arrondir(coin.x1), arrondir(coin.y1 + 12 + 15 * rang), mot, ENCRE_DOUCE, 12)
        for rang, mot in enumerate(mots)
    ]
    haut = coin.y1 + 15 * len(mots) + 6
    for rang, (couleur, texte) in enumerate(cles):
        y = arrondir(haut + rang * LIGNE_LEGENDE)
        formes.append(Rectangle(arrondir(coin.x1), y, 20, 13, TRAIT))
        formes.append(Rectangle(arrondir(coin.x1 + 0.8), arrondir(y + 0.8), 18.4, 11.4, couleur))
        formes.append(Texte(arrondir(coin.x1 + 28), arrondir(y + 11), texte, ENCRE, 12))
    return formes, hauteur


def _est_libre(coin: Boite, tout: Sequence[Anneau]) -> bool:
    """Vrai si aucune horizontale du coin ne rencontre un contour."""
    pas = (coin.y2 - coin.y1) / 12
    return not any(
        debut < coin.x2 + 8 and fin > coin.x1 - 8
        for rang in range(13)
        for debut, fin in traversees(tout, coin.y1 + pas * rang)
    )
