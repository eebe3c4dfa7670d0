"""Écrire un projet, étape par étape."""
