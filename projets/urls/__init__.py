"""Adresses de l’app, un fichier par famille d’écrans."""

from projets.urls import appels, dossier, file, instruction, notation

app_name = "projets"
urlpatterns = [*appels.adresses, *dossier.adresses, *file.adresses, *instruction.adresses, *notation.adresses]
