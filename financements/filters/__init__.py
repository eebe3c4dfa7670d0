"""Les filtres des listes, gardés dans l’adresse."""

from financements.filters.actions import ActionFilterSet
from financements.filters.scenario import LigneFilterSet

__all__ = ["ActionFilterSet", "LigneFilterSet"]
