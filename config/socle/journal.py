"""Écrire une ligne au journal, dans la transaction de l’acte."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models

from config.socle.models import Journal


def journaliser(
    *,
    auteur: Any,
    acte: str,
    objet: models.Model,
    avant: dict[str, Any] | None = None,
    apres: dict[str, Any] | None = None,
) -> Journal:
    """Consigner un acte. `auteur` : la personne, ou None pour la machine (tâche, commande)."""
    ligne = _ligne(auteur, acte, objet, avant, apres)
    ligne.save()
    return ligne


def journaliser_en_lot(
    *, auteur: Any, acte: str, lignes: Iterable[tuple[models.Model, dict[str, Any] | None, dict[str, Any] | None]]
) -> None:
    """Consigner le même acte sur plusieurs objets : (objet, avant, après). Une requête par millier de lignes."""
    Journal.objects.bulk_create(
        (_ligne(auteur, acte, objet, avant, apres) for objet, avant, apres in lignes), batch_size=1000
    )


def _ligne(
    auteur: Any, acte: str, objet: models.Model, avant: dict[str, Any] | None, apres: dict[str, Any] | None
) -> Journal:
    return Journal(
        auteur=None if isinstance(auteur, AnonymousUser) else auteur,
        acte=acte,
        objet_type=objet._meta.label,
        objet_id=str(objet.pk),
        objet_libelle=str(objet)[:300],
        avant=avant,
        apres=apres,
    )
