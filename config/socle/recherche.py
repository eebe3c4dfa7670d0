"""Trier et chercher comme un lecteur français : sans tenir compte des accents ni de la casse."""

import unicodedata


def cle_de_tri(texte: str) -> str:
    """« Éveil à l’œuvre » → « eveil a l'oeuvre » : forme sans accent ni majuscule, gardée dans une colonne indexée."""
    sans_nul = texte.replace("\x00", "")  # PostgreSQL refuse l’octet nul
    plat = sans_nul.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae").replace("Æ", "Ae").replace("’", "'")
    decompose = unicodedata.normalize("NFKD", plat)
    return " ".join("".join(c for c in decompose if not unicodedata.combining(c)).casefold().split())
