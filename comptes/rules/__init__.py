"""Règles pures des comptes."""
