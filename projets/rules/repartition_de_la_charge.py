"""Répartir des projets entre des instructeurs, au plus près d’une charge égale. Ni base ni hasard."""

from collections.abc import Collection, Mapping


def repartir_la_charge(admissibles: Mapping[int, Collection[int]], charges: Mapping[int, int]) -> dict[int, int]:
    """À chaque projet, un de ses instructeurs admissibles ; ceux qui n’en ont aucun ne sont pas rendus.

    `admissibles` : projet → instructeurs ; `charges` : instructeur → projets qu’il suit déjà. À charge égale, le plus
    petit identifiant : les mêmes données donnent toujours la même répartition. Aucun projet n’aurait gagné à aller
    ailleurs : l’instructeur choisi n’a jamais deux projets de plus qu’un autre admissible.
    """
    poids = dict(charges)
    choisis: dict[int, int] = {}
    # Les projets qui ont le moins de choix d’abord : ceux qui en ont rattrapent ensuite les écarts.
    ordre = sorted((projet for projet in admissibles if admissibles[projet]), key=lambda p: (len(admissibles[p]), p))
    for projet in ordre:
        choisis[projet] = _le_moins_charge(admissibles[projet], poids)
        poids[choisis[projet]] = poids.get(choisis[projet], 0) + 1
    while sum(_deplacer(projet, admissibles[projet], choisis, poids) for projet in ordre):
        pass  # chaque déplacement réduit la somme des carrés des charges : cela finit
    return choisis


def _le_moins_charge(candidats: Collection[int], poids: Mapping[int, int]) -> int:
    return min(candidats, key=lambda instructeur: (poids.get(instructeur, 0), instructeur))


def _deplacer(projet: int, candidats: Collection[int], choisis: dict[int, int], poids: dict[int, int]) -> bool:
    """Donne le projet à plus léger d’au moins deux, s’il y en a un. Vrai si cela a été fait."""
    actuel, autre = choisis[projet], _le_moins_charge(candidats, poids)
    if poids.get(autre, 0) + 1 >= poids[actuel]:
        return False
    choisis[projet] = autre
    poids[actuel] -= 1
    poids[autre] = poids.get(autre, 0) + 1
    return True
