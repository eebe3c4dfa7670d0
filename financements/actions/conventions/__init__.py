"""Préparer, éditer, signer et finir une convention ; ses avenants ; les exemplaires signés."""
