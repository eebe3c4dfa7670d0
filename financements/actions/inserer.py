"""Écrire des lignes à leur date : ce que l’ORM daterait de maintenant, la démonstration le place où il a eu lieu."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models


def inserer(modele: type[models.Model], lignes: Sequence[Mapping[str, Any]]) -> list[int]:
    """Les clés des lignes écrites, dans l’ordre. `lignes` : colonne → valeur, les mêmes colonnes partout."""
    if not lignes:
        return []
    citer = connection.ops.quote_name
    table, colonnes = citer(modele._meta.db_table), ", ".join(citer(colonne) for colonne in lignes[0])
    requete = (
        f"INSERT INTO {table} ({colonnes}) SELECT {colonnes} "  # noqa: S608 (noms de nos modèles)
        f"FROM jsonb_populate_recordset(NULL::{table}, %s) RETURNING id"
    )
    with connection.cursor() as curseur:
        curseur.execute(requete, [json.dumps(lignes, cls=DjangoJSONEncoder)])
        return [pk for (pk,) in curseur.fetchall()]
