"""Barres de partage 100 % : insertion professionnelle contre insertion sociale, une ligne par année."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from config.socle.dessins.couleurs import ENCRE, ENCRE_DOUCE, PAPIER, TONS, encre_sur
from config.socle.dessins.formes import CORPS, Dessin, Forme, Rectangle, Texte, Trait, arrondir
from config.socle.dessins.motifs import aplat, cache, motifs
from config.socle.dessins.texte import largeur_texte
from config.socle.montants import INSECABLE, format_nombre

RANGEE = 36
BARRE = 24


@dataclass(frozen=True)
class LignePartage:
    """Deux parts ≥ 0 dans une même unité quelconque (centimes, pour cent). `note` : mot discret sous l’année."""

    libelle: str
    professionnel: int
    social: int
    note: str = ""

    @property
    def part(self) -> Fraction:
        """Part professionnelle, de 0 à 1 (0 si tout est nul)."""
        total = self.professionnel + self.social
        return Fraction(self.professionnel, total) if total else Fraction(0)


def pourcentages(part: Fraction, decimales: int) -> tuple[str, str]:
    """Les deux pourcentages écrits ; le second complète le premier à 100 pour que le lecteur retrouve le compte."""
    echelle = 10**decimales
    premier = int(part * 100 * echelle + Fraction(1, 2))  # demi vers le haut, exact
    restes = (premier, 100 * echelle - premier)
    un, deux = (f"{format_nombre(Decimal(n).scaleb(-decimales), decimales)}{INSECABLE}%" for n in restes)
    return un, deux


def partage(
    *,
    titre: str,
    lignes: Sequence[LignePartage],
    cible: int | Decimal | None = None,
    decimales: int = 0,
    largeur: float = 640,
) -> Dessin:
    """Une barre pleine largeur par ligne ; `cible` (% de la part professionnelle) est un repère qui traverse tout."""
    textes = [t for ligne in lignes for t in (ligne.libelle, ligne.note)]
    gauche = max((largeur_texte(texte, CORPS) for texte in textes), default=0) + 14
    utile = largeur - gauche - 1
    haut = 22 if cible is not None else 4
    formes: list[Forme] = []
    for rang, ligne in enumerate(lignes):
        formes += _ligne(ligne, (gauche, haut + rang * RANGEE), utile, decimales)
    hauteur = haut + len(lignes) * RANGEE
    if cible is not None:
        x = arrondir(gauche + utile * float(cible) / 100)
        formes.append(Trait(x, haut - 4, x, hauteur - 8, PAPIER, 5))
        formes.append(Trait(x, haut - 4, x, hauteur - 8, ENCRE, 2))
        nombre = format_nombre(Decimal(cible), 0 if Decimal(cible) == int(cible) else 1)
        formes.append(Texte(x, 12, f"cible {nombre}{INSECABLE}%", ancre="middle", graisse=600))
    return Dessin(titre, largeur, hauteur, tuple(formes))


def _ligne(ligne: LignePartage, origine: tuple[float, float], utile: float, decimales: int) -> list[Forme]:
    gauche, y = origine
    pro, social = TONS["pro"], TONS["social"]
    coupure = arrondir(utile * float(ligne.part))
    motif_pro, motif_social = motifs([pro, social])
    texte_pro, texte_social = pourcentages(ligne.part, decimales)
    base = y + BARRE / 2 + 4.5
    formes: list[Forme] = [
        Texte(0, base - 6 if ligne.note else base, ligne.libelle, graisse=600),
        *aplat(Rectangle(arrondir(gauche), y, coupure, BARRE, pro, 0), motif_pro),
        *aplat(Rectangle(arrondir(gauche + coupure), y, arrondir(utile - coupure), BARRE, social, 0), motif_social),
    ]
    if ligne.note:
        formes.append(Texte(0, base + 7, ligne.note, ENCRE_DOUCE, corps=11))
    if 0 < coupure < utile:
        formes.append(Trait(arrondir(gauche + coupure), y, arrondir(gauche + coupure), y + BARRE, PAPIER, 2))
    for debut, place, couleur, mots in (
        (gauche + 8, coupure, pro, (f"{texte_pro} professionnel", texte_pro)),
        (gauche + utile - 8, utile - coupure, social, (f"{texte_social} social", texte_social)),
    ):
        mot = next((m for m in mots if largeur_texte(m, CORPS) + 16 <= place), "")
        ancre = "start" if couleur is pro else "end"
        if mot:
            large = largeur_texte(mot, CORPS)
            motif, sens = (motif_pro, 1) if couleur is pro else (motif_social, -1)
            formes += cache(motif, couleur, debut + sens * large / 2, base, large)
            formes.append(Texte(arrondir(debut), base, mot, encre_sur(couleur), ancre=ancre, graisse=600))
    return formes
