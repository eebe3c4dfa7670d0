"""Réglages, un module par usage : demo, test, production."""
