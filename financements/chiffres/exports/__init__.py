"""La matière des fichiers de l’exécution : données ouvertes, engagements, liquidations, annexes annuelles."""
