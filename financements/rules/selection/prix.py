"""Ce que chaque candidat apporte, une fois payé ce qu’il consomme au prix des enveloppes."""

import numpy as np

from financements.rules.selection.modele import Modele, Reels


def apports(modele: Modele, prix: Reels) -> Reels:
    """Par candidat, en points : sa valeur au meilleur montant, moins ce qu’il consomme aux prix des lignes.

    Positif, la relaxation le retient ; négatif, l’imposer abaisserait d’autant, au moins, la borne de la valeur.
    """
    nets = modele.gains.copy()
    fin = modele.debuts[len(modele.lignes)]
    longueurs = np.diff(modele.debuts[: len(modele.lignes) + 1])
    couts = modele.coefficients[:fin] * np.repeat(prix[: len(modele.lignes)], longueurs)
    np.subtract.at(nets, modele.colonnes[:fin], couts)
    apportes = nets[: modele.nombre].copy()
    if modele.supplements:
        rangs = np.array([rang for rang, _ in modele.supplements])
        debut = modele.nombre
        np.add.at(apportes, rangs, np.maximum(nets[debut:], 0) * modele.hauts[debut:])
    return apportes
