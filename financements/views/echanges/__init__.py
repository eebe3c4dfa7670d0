"""Les échanges d’un programme : données ouvertes, progiciel financier, annexes annuelles."""
