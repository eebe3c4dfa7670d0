"""Des courbes cumulées sur une suite de périodes : chacune a son trait, sa pastille et son nom au bout."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from config.socle.dessins.couleurs import ENCRE, ENCRE_DOUCE, FILET, PAPIER, TONS
from config.socle.dessins.formes import CORPS, Chemin, Dessin, Forme, Rectangle, Texte, Trait, arrondir
from config.socle.dessins.texte import couper, largeur_texte
from config.socle.montants import en_euros, format_meuros

HAUT, BAS = 14, 26
GRADUATIONS = 4
INTERLIGNE = 15
TIRETS = "7 5"
PASTILLE = 7


@dataclass(frozen=True)
class Courbe:
    """`valeurs` : une par période, None passé la dernière connue ; `est_prevue` : en tirets, pastilles creuses."""

    libelle: str
    valeurs: tuple[int | None, ...]
    ton: str = "bleu"
    est_prevue: bool = False


@dataclass(frozen=True)
class _Cadre:
    gauche: float
    droite: float
    hauteur: float
    maximum: int
    periodes: int

    def x(self, rang: int) -> float:
        pas = (self.droite - self.gauche) / max(self.periodes - 1, 1)
        return arrondir(self.gauche + pas * rang)

    def y(self, valeur: int) -> float:
        return arrondir(HAUT + self.hauteur - valeur * self.hauteur / self.maximum)


def courbes(
    *,
    titre: str,
    periodes: Sequence[str],
    series: Sequence[Courbe],
    largeur: float = 640,
    hauteur: float = 280,
    ecrire: Callable[[int], str] = lambda centimes: format_meuros(en_euros(centimes)),
) -> Dessin:
    """`periodes` : leurs noms, vides là où l’axe n’en écrit pas. `ValueError` si une courbe n’a pas ses valeurs."""
    for serie in series:
        if len(serie.valeurs) != len(periodes) or any((valeur or 0) < 0 for valeur in serie.valeurs):
            raise ValueError(f"« {serie.libelle} » : il faut {len(periodes)} valeurs positives, nulles ou None")
    maximum = max((valeur or 0 for serie in series for valeur in serie.valeurs), default=0) or 1
    gauche = max(largeur_texte(ecrire(maximum * rang // GRADUATIONS), 12) for rang in range(GRADUATIONS + 1)) + 10
    marge = min(largeur * 0.3, max((largeur_texte(serie.libelle, CORPS) for serie in series), default=0) + 24)
    cadre = _Cadre(gauche, largeur - marge, hauteur - HAUT - BAS, maximum, len(periodes))
    formes = _axes(cadre, periodes, ecrire)
    for serie in series:
        formes += _tracer(cadre, serie)
    return Dessin(titre, largeur, hauteur, (*formes, *_noms(cadre, series, marge)))


def _axes(cadre: _Cadre, periodes: Sequence[str], ecrire: Callable[[int], str]) -> list[Forme]:
    formes: list[Forme] = []
    for rang in range(GRADUATIONS + 1):
        valeur = cadre.maximum * rang // GRADUATIONS
        y = cadre.y(valeur)
        formes.append(Trait(cadre.gauche, y, cadre.droite, y, ENCRE if rang == 0 else FILET))
        formes.append(Texte(arrondir(cadre.gauche - 8), y + 4, ecrire(valeur), ENCRE_DOUCE, corps=12, ancre="end"))
    base = cadre.y(0)
    for rang, nom in enumerate(periodes):
        if nom:
            x = cadre.x(rang)
            formes.append(Trait(x, base, x, base + 5, ENCRE))
            formes.append(Texte(x, base + 19, nom, ancre="middle"))
    return formes


def _tracer(cadre: _Cadre, serie: Courbe) -> list[Forme]:
    points = [(cadre.x(rang), cadre.y(v)) for rang, v in enumerate(serie.valeurs) if v is not None]
    couleur, tirets = TONS[serie.ton], TIRETS if serie.est_prevue else ""
    formes: list[Forme] = [Trait(*debut, *fin, couleur, 2.5, tirets) for debut, fin in pairwise(points)]
    for x, y in points:
        formes += _pastille(x, y, couleur, est_creuse=serie.est_prevue)
    return formes


def _pastille(x: float, y: float, couleur: str, *, est_creuse: bool) -> list[Forme]:
    """Un losange vide, ou un carré plein."""
    demi = PASTILLE / 2
    if est_creuse:
        trace = f"M{x} {arrondir(y - demi - 1)}l{demi + 1} {demi + 1}l-{demi + 1} {demi + 1}l-{demi + 1}-{demi + 1}z"
        return [Chemin(trace, PAPIER, couleur, 1.6)]
    return [Rectangle(arrondir(x - demi), arrondir(y - demi), PASTILLE, PASTILLE, couleur)]


def _noms(cadre: _Cadre, series: Sequence[Courbe], marge: float) -> list[Forme]:
    """Le nom de chaque courbe en face de son dernier point, écarté des autres s’il le faut."""
    finales = []
    for serie in series:
        connues = [valeur for valeur in serie.valeurs if valeur is not None]
        finales.append((cadre.y(connues[-1] if connues else 0), serie))
    formes: list[Forme] = []
    plafond = 0.0
    for voulu, serie in sorted(finales, key=lambda paire: paire[0]):
        lignes = couper(serie.libelle, CORPS, marge - 22)
        haut = max(voulu + 4.5, plafond)
        formes += _pastille(
            arrondir(cadre.droite + 12), arrondir(haut - 4.5), TONS[serie.ton], est_creuse=serie.est_prevue
        )
        formes += [
            Texte(arrondir(cadre.droite + 20), arrondir(haut + rang * INTERLIGNE), ligne)
            for rang, ligne in enumerate(lignes)
        ]
        plafond = haut + len(lignes) * INTERLIGNE + 4
    return formes
