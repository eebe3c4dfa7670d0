"""Les tâches de la file d’attente, un fichier par sorte de travail."""

from financements.tasks.rapport import lancer_rapport, produire_rapport, produire_volume

__all__ = ["lancer_rapport", "produire_rapport", "produire_volume"]
