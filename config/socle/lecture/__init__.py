"""Lire un tableau venu d’ailleurs (XLSX, ODS, CSV) : le fichier, ses en-têtes, ses cellules. Ne connaît aucune app."""
