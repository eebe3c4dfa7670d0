"""Rédiger, produire et dater le rapport à l’assemblée."""
