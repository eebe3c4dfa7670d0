"""Matrice colorée : la teinte suit la valeur, le nombre est écrit dans la case."""

from collections.abc import Callable, Sequence

from config.socle.dessins.couleurs import DEGRADE, ENCRE_DOUCE, PISTE, encre_sur
from config.socle.dessins.formes import CORPS, Dessin, Forme, Rectangle, Texte, arrondir
from config.socle.dessins.texte import couper, largeur_texte
from config.socle.montants import en_euros, format_nombre

CASE = 30
FILET = 2  # papier laissé entre deux cases


def millions(centimes: int) -> str:
    """« 2,44 » : millions d’euros, sans unité (le titre la dit)."""
    return format_nombre(en_euros(centimes) / 1_000_000, 2)


def matrice(
    *,
    titre: str,
    colonnes: Sequence[str],
    lignes: Sequence[tuple[str, Sequence[int | None]]],
    ecrire: Callable[[int], str] = millions,
    largeur: float = 640,
) -> Dessin:
    """Cases teintées en cinq classes égales de 0 au maximum ; None : case vide.

    `ValueError` si une ligne n’a pas une valeur par colonne.
    """
    for libelle, valeurs in lignes:
        if len(valeurs) != len(colonnes):
            raise ValueError(f"« {libelle} » : {len(valeurs)} valeurs pour {len(colonnes)} colonnes")
    gauche = min(largeur * 0.4, max((largeur_texte(libelle, CORPS) for libelle, _ in lignes), default=0) + 14)
    pas = (largeur - gauche) / max(len(colonnes), 1)
    titres = [couper(colonne, 12, pas - 6, lignes=3) for colonne in colonnes]
    entete = 8 + 14 * max(map(len, titres), default=1)
    maximum = max((valeur or 0 for _, valeurs in lignes for valeur in valeurs), default=0)
    formes: list[Forme] = [
        Texte(
            arrondir(gauche + pas * (rang + 0.5)),
            entete - 8 - 14 * (len(bloc) - 1 - n),
            mot,
            ENCRE_DOUCE,
            12,
            "middle",
            600,
        )
        for rang, bloc in enumerate(titres)
        for n, mot in enumerate(bloc)
    ]
    for n, (libelle, valeurs) in enumerate(lignes):
        y = entete + n * CASE
        formes.append(Texte(0, y + CASE / 2 + 3.5, couper(libelle, CORPS, gauche - 10, lignes=1)[0]))
        for rang, valeur in enumerate(valeurs):
            formes += _case(valeur, maximum, (gauche + pas * rang, y, pas), ecrire)
    return Dessin(titre, largeur, entete + len(lignes) * CASE, tuple(formes))


def _case(
    valeur: int | None, maximum: int, place: tuple[float, float, float], ecrire: Callable[[int], str]
) -> list[Forme]:
    x, y, pas = place
    couleur = PISTE if valeur is None else DEGRADE[_classe(valeur, maximum)]
    case = Rectangle(arrondir(x), y, arrondir(pas - FILET), CASE - FILET, couleur, 2)
    if valeur is None:
        return [case]
    milieu = arrondir(x + (pas - FILET) / 2)
    return [case, Texte(milieu, y + CASE / 2 + 3.5, ecrire(valeur), encre_sur(couleur), ancre="middle")]


def _classe(valeur: int, maximum: int) -> int:
    """Rang de la teinte, de 0 à 4."""
    if maximum <= 0 or valeur <= 0:
        return 0
    return min(valeur * len(DEGRADE) // maximum, len(DEGRADE) - 1)
