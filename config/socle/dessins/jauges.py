"""Barres horizontales, barres divergentes, et les petites barres qui tiennent dans une case de tableau."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.socle.dessins.couleurs import ENCRE, ENCRE_DOUCE, PAPIER, PISTE, TONS, TRAIT
from config.socle.dessins.formes import CORPS, Dessin, Forme, Groupe, Rectangle, Texte, Trait, arrondir
from config.socle.dessins.texte import couper, largeur_texte
from config.socle.montants import en_euros, format_meuros, format_pourcent

RANGEE = 28
EPAISSEUR = 12
INTERLIGNE = 14
Valeur = int | Decimal


@dataclass(frozen=True)
class Barre:
    """`valeur` et `repere` dans une même unité (centimes) ; `texte` : le nombre écrit, en M€ s’il est vide."""

    libelle: str
    valeur: int
    ton: str = "bleu"
    texte: str = ""
    repere: int | None = None
    lien: str = ""

    @property
    def nombre(self) -> str:
        return self.texte or format_meuros(en_euros(self.valeur))


@dataclass(frozen=True)
class Ecart:
    """Écart signé (pour cent, centimes) et sa forme écrite."""

    libelle: str
    valeur: Valeur
    texte: str


@dataclass(frozen=True)
class _Piste:
    """Où commencent les barres et la largeur que prend le plus grand nombre."""

    gauche: float
    utile: float
    maximum: float

    def longueur(self, valeur: Valeur | float) -> float:
        return arrondir(self.utile * float(valeur) / self.maximum) if self.maximum else 0.0


def barres_horizontales(
    *, titre: str, barres: Sequence[Barre], nom_repere: str = "", largeur: float = 640, maximum: int | None = None
) -> Dessin:
    """Une rangée par barre, du libellé au nombre. `maximum` fixe l’échelle (défaut : la plus grande valeur ou repère).

    `ValueError` si une valeur est négative.
    """
    if any(barre.valeur < 0 or (barre.repere or 0) < 0 for barre in barres):
        raise ValueError("une barre horizontale ne montre pas de valeur négative : prendre barres_divergentes")
    gauche = _marge([barre.libelle for barre in barres], largeur)
    droite = max((largeur_texte(barre.nombre, CORPS) for barre in barres), default=0) + 12
    plus_grand = max((max(barre.valeur, barre.repere or 0) for barre in barres), default=0)
    piste = _Piste(gauche, largeur - gauche - droite, maximum or plus_grand)
    libelles = [couper(barre.libelle, CORPS, gauche - 10) for barre in barres]
    rangee = RANGEE + (max(map(len, libelles), default=1) - 1) * 8
    formes: list[Forme] = []
    for rang, (barre, libelle) in enumerate(zip(barres, libelles, strict=True)):
        formes += _rangee(barre, libelle, (rang * rangee, rangee), piste, largeur)
    hauteur = len(barres) * rangee
    if nom_repere:
        formes.append(Trait(gauche + 3, hauteur + 6, gauche + 3, hauteur + 20, ENCRE, 2))
        formes.append(Texte(gauche + 10, hauteur + 17.5, nom_repere, ENCRE_DOUCE, corps=12))
        hauteur += 24
    return Dessin(titre, largeur, hauteur, tuple(formes))


def _marge(libelles: Sequence[str], largeur: float) -> float:
    return arrondir(min(largeur * 0.42, max((largeur_texte(mot, CORPS) for mot in libelles), default=0) + 14))


def _rangee(
    barre: Barre, libelle: Sequence[str], place: tuple[float, float], piste: _Piste, largeur: float
) -> list[Forme]:
    milieu = place[0] + place[1] / 2
    base = milieu + 4.5
    haut = milieu - EPAISSEUR / 2
    premiere = base - (len(libelle) - 1) * INTERLIGNE / 2
    mots = tuple(Texte(0, premiere + rang * INTERLIGNE, mot) for rang, mot in enumerate(libelle))
    formes: list[Forme] = [
        *([Groupe(barre.libelle, mots, barre.lien)] if barre.lien else mots),
        Rectangle(piste.gauche, haut, arrondir(piste.utile), EPAISSEUR, PISTE, 2),
        Rectangle(piste.gauche, haut, piste.longueur(barre.valeur), EPAISSEUR, TONS[barre.ton], 2),
        Texte(largeur, base, barre.nombre, ancre="end", graisse=600),
    ]
    if barre.repere is not None:
        x = arrondir(piste.gauche + piste.longueur(barre.repere))
        formes += _repere(x, haut - 4, haut + EPAISSEUR + 4)
    return formes


def _repere(x: float, haut: float, bas: float) -> list[Forme]:
    """Trait d’encre bordé de papier : visible sur la barre comme sur la piste, en gris aussi."""
    return [Trait(x, haut, x, bas, PAPIER, 4), Trait(x, haut, x, bas, ENCRE, 2)]


def barres_divergentes(*, titre: str, ecarts: Sequence[Ecart], largeur: float = 640) -> Dessin:
    """Une rangée par écart ; zéro au milieu, le moins à gauche, le plus à droite, le nombre au bout de la barre."""
    gauche = _marge([ecart.libelle for ecart in ecarts], largeur)
    bout = max((largeur_texte(ecart.texte, CORPS) for ecart in ecarts), default=0) + 10
    demi = (largeur - gauche - 2 * bout) / 2
    zero = arrondir(gauche + bout + demi)
    tailles = [abs(float(ecart.valeur)) for ecart in ecarts]
    piste = _Piste(zero, demi, max(tailles, default=0))
    formes: list[Forme] = []
    for rang, ecart in enumerate(ecarts):
        y = rang * RANGEE
        base = y + RANGEE / 2 + 4.5
        longueur = piste.longueur(tailles[rang])
        est_moins = ecart.valeur < 0
        haut = y + (RANGEE - EPAISSEUR) / 2
        couleur = TONS["attente" if est_moins else "bleu"]
        formes += [
            Texte(0, base, couper(ecart.libelle, CORPS, gauche - 10, lignes=1)[0]),
            Rectangle(arrondir(zero - longueur) if est_moins else zero, haut, longueur, EPAISSEUR, couleur),
            Texte(
                arrondir(zero - longueur - 6 if est_moins else zero + longueur + 6),
                base,
                ecart.texte,
                ancre="end" if est_moins else "start",
            ),
        ]
    hauteur = len(ecarts) * RANGEE
    formes.append(Trait(zero, 0, zero, hauteur, ENCRE))
    return Dessin(titre, largeur, hauteur, tuple(formes))


def jauge(
    valeur: Valeur | None,
    maximum: Valeur | None,
    *,
    ton: str = "bleu",
    repere: Valeur | None = None,
    largeur: float = 120,
) -> Dessin:
    """La barre seule, décorative. Une valeur au-delà du maximum remplit la piste."""
    plein = _Piste(0, largeur, float(maximum or 0))
    formes: list[Forme] = [Rectangle(0, 3, largeur, 10, PISTE, 2)]
    if valeur:
        formes.append(Rectangle(0, 3, max(0.0, min(plein.longueur(valeur), largeur)), 10, TONS[ton], 2))
    if repere is not None:
        formes += _repere(min(max(plein.longueur(repere), 1.0), largeur - 1), 0, 16)
    part = Decimal(valeur or 0) * 100 / Decimal(maximum) if maximum else Decimal(0)
    return Dessin(format_pourcent(part, 0), largeur, 16, tuple(formes), est_decoratif=True)


def ecart(valeur: Valeur | None, maximum: Valeur | None, *, largeur: float = 90) -> Dessin:
    """La barre divergente seule, décorative. `maximum` : l’écart (en valeur absolue) qui va jusqu’au bord."""
    milieu = largeur / 2
    formes: list[Forme] = []
    if valeur:
        longueur = min(_Piste(milieu, milieu, abs(float(maximum or 0))).longueur(abs(float(valeur))), milieu)
        gauche = arrondir(milieu - longueur) if valeur < 0 else milieu
        formes.append(Rectangle(gauche, 3, longueur, 10, TONS["attente" if valeur < 0 else "bleu"]))
    formes.append(Trait(milieu, 0, milieu, 16, ENCRE))
    sens = "au-dessus" if (valeur or 0) > 0 else "au-dessous" if (valeur or 0) < 0 else "sans écart"
    return Dessin(sens, largeur, 16, tuple(formes), est_decoratif=True)


def mini_barres(
    *,
    valeurs: Sequence[tuple[str, Valeur | None]],
    titre: str = "",
    ton: str = "bleu",
    largeur: float = 66,
    hauteur: float = 22,
) -> Dessin:
    """Une petite colonne par exercice, sans texte. Décoratif sans titre ; une valeur nulle laisse un filet au sol."""
    maximum: Valeur = max((valeur or 0 for _, valeur in valeurs), default=0)
    pas = largeur / max(len(valeurs), 1)
    formes: list[Forme] = [Trait(0, hauteur - 0.5, largeur, hauteur - 0.5, TRAIT)]
    for rang, (_, valeur) in enumerate(valeurs):
        haut = arrondir((hauteur - 1) * float(valeur or 0) / float(maximum)) if maximum else 0.0
        x, y = arrondir(pas * rang + 2), arrondir(hauteur - 1 - haut)
        formes.append(Rectangle(x, y, arrondir(pas - 4), haut, TONS[ton]))
    noms = titre or ", ".join(nom for nom, _ in valeurs)
    return Dessin(noms, largeur, hauteur, tuple(formes), est_decoratif=not titre)
