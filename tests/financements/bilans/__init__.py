"""Essais des bilans annuels."""
