"""Règles pures des appels et des projets : ni base, ni Django, ni horloge."""
