"""Les actes des lettres de décision : régler leurs textes, les écrire, les lire, les produire, les relancer."""
