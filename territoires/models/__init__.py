"""Modèles des territoires."""

from territoires.models.effectifs import Effectif, ReleveEffectifs
from territoires.models.territoire import Commune, Territoire

__all__ = ["Commune", "Effectif", "ReleveEffectifs", "Territoire"]
