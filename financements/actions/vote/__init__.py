"""Voter les propositions adoptées, suivre leur caractère exécutoire, notifier."""
