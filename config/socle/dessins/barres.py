"""Barres empilées : une pile par exercice, un étage par série, libellés directs à droite."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.socle.dessins.couleurs import ENCRE, PAPIER, TONS, TRAIT, encre_sur
from config.socle.dessins.formes import CORPS, Dessin, Forme, Rectangle, Texte, Trait, arrondir
from config.socle.dessins.motifs import Motif, aplat, cache, fond_du_texte, motifs
from config.socle.dessins.texte import couper, largeur_texte
from config.socle.montants import en_euros, format_euros_ronds, format_meuros, format_nombre

HAUT = 26  # place du total
BAS = 26  # place de l’exercice
ETAGE_LISIBLE = 15  # hauteur sous laquelle un nombre ne tient pas dans son étage
INTERLIGNE = 15


@dataclass(frozen=True)
class Serie:
    """Un étage de chaque pile. `valeurs` : centimes ≥ 0, une par catégorie ; `motif` : choisi à défaut."""

    libelle: str
    valeurs: tuple[int, ...]
    ton: str = "bleu"
    motif: str = ""


@dataclass(frozen=True)
class FormatMontant:
    """Comment s’écrivent des centimes : le total au-dessus d’une pile, et le nombre dans un étage."""

    total: Callable[[int], str]
    etage: Callable[[int], str]


EN_MILLIONS = FormatMontant(
    total=lambda centimes: format_meuros(en_euros(centimes)),
    etage=lambda centimes: format_nombre(en_euros(centimes) / 1_000_000, 2),
)
EN_EUROS = FormatMontant(
    total=lambda centimes: format_euros_ronds(en_euros(centimes)),
    etage=lambda centimes: format_nombre(en_euros(centimes)),
)
EN_NOMBRE = FormatMontant(total=format_nombre, etage=lambda _: "")  # des choses comptées : le total suffit


@dataclass(frozen=True)
class _Cadre:
    """Place des piles : bornes horizontales, hauteur utile, centimes représentés par toute la hauteur."""

    droite: float
    hauteur: float
    maximum: int
    piles: int

    @property
    def base(self) -> float:
        return HAUT + self.hauteur

    @property
    def pas(self) -> float:
        return self.droite / self.piles

    @property
    def largeur_pile(self) -> float:
        return min(self.pas * 0.62, 120)

    def centre(self, rang: int) -> float:
        return self.pas * (rang + 0.5)

    def haut(self, centimes: int) -> float:
        return centimes * self.hauteur / self.maximum


def barres_empilees(
    *,
    titre: str,
    categories: Sequence[str],
    series: Sequence[Serie],
    largeur: float = 640,
    hauteur: float = 300,
    format_montant: FormatMontant = EN_MILLIONS,
) -> Dessin:
    """Une pile par catégorie, séries de bas en haut, total au-dessus (en M€, ou selon `format_montant`).

    `ValueError` si une série n’a pas une valeur ≥ 0 par catégorie.
    """
    for serie in series:
        if len(serie.valeurs) != len(categories) or min(serie.valeurs, default=0) < 0:
            raise ValueError(f"« {serie.libelle} » : il faut {len(categories)} valeurs positives ou nulles")
    totaux = [sum(serie.valeurs[rang] for serie in series) for rang in range(len(categories))]
    marge = min(largeur * 0.4, max((largeur_texte(s.libelle, CORPS) for s in series), default=0) + 44)
    cadre = _Cadre(largeur - marge, hauteur - HAUT - BAS, max(totaux, default=0) or 1, max(len(categories), 1))
    formes: list[Forme] = []
    for rang, (categorie, total) in enumerate(zip(categories, totaux, strict=True)):
        formes += _pile(cadre, rang, series, format_montant)
        x = arrondir(cadre.centre(rang))
        haut = cadre.base - cadre.haut(total)
        formes.append(Texte(x, arrondir(haut - 8), format_montant.total(total), corps=14, ancre="middle", graisse=600))
        formes.append(Texte(x, cadre.base + 18, categorie, ancre="middle"))
    formes.append(Trait(0, cadre.base, arrondir(cadre.droite), cadre.base, ENCRE))
    formes += _libelles(cadre, series, marge)
    return Dessin(titre, largeur, hauteur, tuple(formes))


def _motifs(series: Sequence[Serie]) -> list[Motif]:
    return motifs([TONS[serie.ton] for serie in series], [serie.motif for serie in series])


def _pile(cadre: _Cadre, rang: int, series: Sequence[Serie], format_montant: FormatMontant) -> list[Forme]:
    formes: list[Forme] = []
    gauche = cadre.centre(rang) - cadre.largeur_pile / 2
    pied = cadre.base
    for serie, motif in zip(series, _motifs(series), strict=True):
        couleur = TONS[serie.ton]
        haut = cadre.haut(serie.valeurs[rang])
        sommet = pied - haut
        largeur = arrondir(cadre.largeur_pile)
        formes += aplat(Rectangle(arrondir(gauche), arrondir(sommet), largeur, arrondir(haut), couleur), motif)
        if sommet > HAUT + 1:  # un filet blanc sépare deux étages de même gris
            y = arrondir(sommet)
            formes.append(Trait(arrondir(gauche), y, arrondir(gauche + cadre.largeur_pile), y, PAPIER, 1.2))
        if haut >= ETAGE_LISIBLE:
            milieu = arrondir((sommet + pied) / 2 + 4.5)
            nombre, x = format_montant.etage(serie.valeurs[rang]), arrondir(cadre.centre(rang))
            if nombre:
                formes += cache(motif, couleur, x, milieu, largeur_texte(nombre, CORPS))
            encre = encre_sur(fond_du_texte(motif, couleur))
            formes.append(Texte(x, milieu, nombre, encre, ancre="middle"))
        pied = sommet
    return formes


def _libelles(cadre: _Cadre, series: Sequence[Serie], marge: float) -> list[Forme]:
    """Le nom de chaque série en face de son étage de la dernière pile, écarté des autres s’il le faut."""
    if not series:
        return []
    lignes = [couper(serie.libelle, CORPS, marge - 30) for serie in series]
    voulus: list[float] = []
    pied = cadre.base
    for serie in series:
        haut = cadre.haut(serie.valeurs[-1]) if serie.valeurs else 0
        voulus.append(pied - haut / 2)
        pied -= haut
    places = _ecarter(voulus, [len(bloc) * INTERLIGNE + 4 for bloc in lignes], cadre.base)
    depart = cadre.centre(cadre.piles - 1) + cadre.largeur_pile / 2 + 3
    x = cadre.droite + 2
    formes: list[Forme] = []
    for serie, motif, bloc, voulu, place in zip(series, _motifs(series), lignes, voulus, places, strict=True):
        formes.append(Trait(arrondir(depart), arrondir(voulu), arrondir(x), arrondir(place), TRAIT, 0.8))
        formes += aplat(Rectangle(arrondir(x + 4), arrondir(place - 5), 10, 10, TONS[serie.ton], 2), motif)
        premiere = place + 4.5 - (len(bloc) - 1) * INTERLIGNE / 2
        formes += [
            Texte(arrondir(x + 20), arrondir(premiere + rang * INTERLIGNE), ligne) for rang, ligne in enumerate(bloc)
        ]
    return formes


def _ecarter(voulus: Sequence[float], hauteurs: Sequence[float], plancher: float) -> list[float]:
    """Milieux proches des milieux voulus (du bas vers le haut), sans chevauchement ni dépassement du plancher."""
    places: list[float] = []
    limite = plancher
    for voulu, hauteur in zip(voulus, hauteurs, strict=True):
        milieu = min(voulu, limite - hauteur / 2)
        places.append(milieu)
        limite = milieu - hauteur / 2
    return places
