"""La longueur d’un motif, en caractères."""

LONGUEUR_D_UN_MOTIF = 5000  # d’un avis, d’une irrecevabilité : la taille de la colonne
LONGUEUR_DU_MOTIF_DE_FIN = 2000  # d’un retrait, d’un classement : le journal le garde
