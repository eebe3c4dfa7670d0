"""Les écrans de l’exécution : la file des versements, un versement, une action, les crédits, les procédures."""
