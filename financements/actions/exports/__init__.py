"""Les actes des exports : préparer un fichier, dire qu’il est en ligne, régler un profil."""
