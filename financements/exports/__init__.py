"""Ce que l’on sort de l’application : des chiffres deviennent un fichier."""
