"""Écrans des appels et des projets."""
