"""Régler les imputations budgétaires d’un appel."""
