"""Ce que les projets font hors de la requête."""

from projets.tasks.irrecevabilite import lancer_la_lettre, produire_la_lettre
from projets.tasks.journal import lancer_le_journal, produire_le_journal
from projets.tasks.recepisse import lancer_le_recepisse, produire_le_recepisse, rattraper_un_recepisse

__all__ = [
    "lancer_la_lettre",
    "lancer_le_journal",
    "lancer_le_recepisse",
    "produire_la_lettre",
    "produire_le_journal",
    "produire_le_recepisse",
    "rattraper_un_recepisse",
]
