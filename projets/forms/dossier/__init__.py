"""Le formulaire d’un projet, étape par étape. Une étape est un formulaire lié à ce qui a été tapé."""
