"""Balises et filtres de gabarit du socle."""
