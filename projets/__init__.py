"""Appels à projets, axes et projets déposés."""
