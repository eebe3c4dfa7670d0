"""Ce que les projets font hors de la requête."""

from projets.tasks.recepisse import produire_le_recepisse

__all__ = ["produire_le_recepisse"]
