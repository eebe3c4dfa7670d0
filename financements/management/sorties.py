"""Ce que partagent les commandes qui écrivent un fichier : trouver l’appel, refuser une sortie impossible."""

import os
from pathlib import Path

from django.core.management.base import CommandError

from projets.models import AppelAProjets


def controler_la_sortie(sortie: Path, sorte: str) -> None:
    """`CommandError` si le fichier (`sorte` : « PDF ») ne pourra pas être écrit là : mieux vaut le dire avant."""
    if sortie.is_dir():
        raise CommandError(f"« {sortie} » est un dossier : donnez le nom du fichier {sorte} à écrire.")
    if not sortie.parent.is_dir():
        raise CommandError(f"Le dossier « {sortie.parent} » n’existe pas.")
    if not os.access(sortie.parent, os.W_OK | os.X_OK):
        raise CommandError(f"Le dossier « {sortie.parent} » n’est pas inscriptible.")


def appel_connu(slug: str) -> AppelAProjets:
    """L’appel de cette adresse ; `CommandError` s’il n’existe pas, avec ceux qui existent."""
    appel = AppelAProjets.objects.filter(slug=slug).first()
    if appel is None:
        connus = ", ".join(AppelAProjets.objects.values_list("slug", flat=True)) or "aucun"
        raise CommandError(f"Aucun appel « {slug} ». Appels connus : {connus}.")
    return appel
