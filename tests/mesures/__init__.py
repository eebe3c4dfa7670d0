"""Mesures de vitesse et de mémoire, hors de la suite d’essais : `python -m tests.mesures` (voir `make bench`)."""
