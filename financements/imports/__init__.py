"""Lire les fichiers que les services nous confient, et écrire ce qu’ils disent : programme, retour d’exécution."""
