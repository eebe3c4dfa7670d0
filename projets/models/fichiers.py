"""Où l’on range les fichiers : un nom tiré au hasard, dans le stockage privé. Le nom d’origine est gardé en base."""

from pathlib import PurePath
from uuid import uuid4

from django.db import models


def chemin_du_reglement(_appel: models.Model, nom: str) -> str:
    """« reglements/<hasard>.pdf »."""
    return f"reglements/{uuid4().hex}{PurePath(nom).suffix.lower()[:11]}"


def chemin_du_modele(_piece: models.Model, nom: str) -> str:
    """« modeles/<hasard>.docx »."""
    return f"modeles/{uuid4().hex}{PurePath(nom).suffix.lower()[:11]}"


def chemin_du_recepisse(_recepisse: models.Model, nom: str) -> str:
    """« recepisses/<hasard>.pdf »."""
    return f"recepisses/{uuid4().hex}{PurePath(nom).suffix.lower()[:11]}"
