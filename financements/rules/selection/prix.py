"""Ce que chaque candidat apporte, une fois payé ce qu’il consomme au prix des enveloppes."""

import numpy as np

from financements.rules.selection.modele import Modele, Rangs, Reels


def nets(modele: Modele, prix: Reels) -> Reels:
    """Par colonne, en points : son gain moins ce qu’une unité consomme aux prix des lignes."""
    restes = modele.gains.copy()
    fin = modele.debuts[len(modele.lignes)]
    longueurs = np.diff(modele.debuts[: len(modele.lignes) + 1])
    couts = modele.coefficients[:fin] * np.repeat(prix[: len(modele.lignes)], longueurs)
    np.subtract.at(restes, modele.colonnes[:fin], couts)
    return restes


def apports(modele: Modele, prix: Reels) -> Reels:
    """Par candidat, en points : sa valeur au meilleur montant, moins ce qu’il consomme aux prix des lignes.

    Positif, la relaxation le retient ; négatif, l’imposer abaisserait d’autant, au moins, la borne de la valeur.
    """
    restes = nets(modele, prix)
    apportes = restes[: modele.nombre].copy()
    if modele.supplements:
        debut = modele.nombre
        np.add.at(apportes, porteurs(modele), np.maximum(restes[debut:], 0) * modele.hauts[debut:])
    return apportes


def porteurs(modele: Modele) -> Rangs:
    """Par colonne de supplément, le rang de son candidat."""
    return np.array([rang for rang, _ in modele.supplements], dtype=np.int32)
