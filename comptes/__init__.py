"""Personnes, organismes, rôles et périmètres."""
