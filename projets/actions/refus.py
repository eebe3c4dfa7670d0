"""Pourquoi un réglage est refusé, et la photographie qui sert à comparer et à journaliser."""

from typing import Any

from django.db import models

from config.socle.transitions import PassageRefuse

HORS_PHOTOGRAPHIE = frozenset({"id", "appel_id", "version"})


class ReglageFige(PassageRefuse):
    """L’appel est publié : ce changement toucherait des projets déjà écrits. Le message se montre tel quel."""


def photographie(objet: models.Model) -> dict[str, Any]:
    """Les valeurs de l’objet, par colonne ; un fichier y est son chemin."""
    valeurs = {
        champ.attname: getattr(objet, champ.attname)
        for champ in objet._meta.concrete_fields
        if champ.attname not in HORS_PHOTOGRAPHIE
    }
    return {nom: str(v) if isinstance(v, models.fields.files.FieldFile) else v for nom, v in valeurs.items()}


def libelle(objet: models.Model, colonne: str) -> str:
    """Le nom lisible d’une colonne."""
    return str(objet._meta.get_field(colonne.removesuffix("_id")).verbose_name)  # type: ignore[union-attr]
