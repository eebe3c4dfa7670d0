"""Formulaires des appels et des projets."""
