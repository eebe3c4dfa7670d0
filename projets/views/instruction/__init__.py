"""Les écrans de l’instruction : la file, la fiche d’un projet et ce que l’on y fait."""
