"""Ce que les projets font hors de la requête."""

from projets.tasks.journal import lancer_le_journal, produire_le_journal
from projets.tasks.recepisse import lancer_le_recepisse, produire_le_recepisse

__all__ = ["lancer_le_journal", "lancer_le_recepisse", "produire_le_journal", "produire_le_recepisse"]
