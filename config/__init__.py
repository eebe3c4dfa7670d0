"""Réglages, adresses et processus du produit."""
