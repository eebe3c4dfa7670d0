"""Arbitrer : scénarios, saisies, adoption."""
