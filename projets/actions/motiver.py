"""Le motif que demande un acte."""

from django.core.exceptions import ValidationError


def exiger_un_motif(texte: str, longueur: int) -> str:
    """Le motif, sans les blancs autour. Lève `ValidationError` s’il est vide, ou dépasse `longueur` caractères."""
    motif = texte.strip()
    if not 0 < len(motif) <= longueur:
        raise ValidationError({"motif": f"Dites pourquoi, en {longueur} caractères au plus."})
    return motif
