"""Filtres de gabarit des financements."""
