"""Essais du socle."""
