"""Lire les fichiers d’où viennent les territoires et leurs effectifs."""
