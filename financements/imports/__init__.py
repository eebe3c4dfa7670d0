"""Lire les fichiers que les services nous confient : le programme d’actions."""
