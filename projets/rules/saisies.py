"""Lire, dans ce qui est tapé, l’intitulé et l’axe : les deux champs que suivent les listes. Ni base ni horloge."""

from collections.abc import Mapping

from projets.rules.fusion import Valeur

LONGUEUR_DE_L_INTITULE = 300  # caractères, la taille de la colonne
CHIFFRES_D_UNE_CLE = 18  # au-delà, un nombre ne tient plus dans la colonne


def intitule_tape(valeurs: Mapping[str, Valeur]) -> str:
    """L’intitulé, s’il tient dans la colonne ; vide s’il manque, est blanc ou trop long."""
    valeur = valeurs.get("intitule")
    intitule = valeur.strip() if isinstance(valeur, str) else ""
    return intitule if len(intitule) <= LONGUEUR_DE_L_INTITULE else ""


def axe_tape(valeurs: Mapping[str, Valeur]) -> int:
    """La clé primaire de l’axe choisi ; 0 si ce qui est tapé n’en est pas une. Reste à voir s’il est de l’appel."""
    valeur = valeurs.get("axe")
    return int(valeur[:CHIFFRES_D_UNE_CLE]) if isinstance(valeur, str) and valeur.isdecimal() else 0
