"""Où l’on range les fichiers : un nom tiré au hasard, dans le stockage privé. Le nom d’origine est gardé en base."""

from django.db import models

from config.socle.fichiers.noms import chemin_au_hasard


def chemin_du_reglement(_appel: models.Model, nom: str) -> str:
    """« reglements/<hasard>.pdf »."""
    return chemin_au_hasard("reglements", nom)


def chemin_du_modele(_piece: models.Model, nom: str) -> str:
    """« modeles/<hasard>.docx »."""
    return chemin_au_hasard("modeles", nom)


def chemin_du_recepisse(_recepisse: models.Model, nom: str) -> str:
    """« recepisses/<hasard>.pdf »."""
    return chemin_au_hasard("recepisses", nom)


def chemin_du_journal(_export: models.Model, nom: str) -> str:
    """« journaux/<hasard>.pdf »."""
    return chemin_au_hasard("journaux", nom)


def chemin_de_la_lettre(_irrecevabilite: models.Model, nom: str) -> str:
    """« lettres/<hasard>.pdf »."""
    return chemin_au_hasard("lettres", nom)
