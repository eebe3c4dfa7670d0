"""Les lignes rattachées à celles d’une requête : les compter, dire s’il y en a, les lire avec ce qu’elles nomment."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from config.socle.models import Journal


def nombre(modele: type[models.Model], relation: str) -> models.Subquery:
    """Combien de lignes de cette relation, sans multiplier les autres."""
    comptees = modele._default_manager.filter(pk=models.OuterRef("pk")).order_by().values("pk")
    return models.Subquery(comptees.annotate(n=models.Count(relation)).values("n"))


def existe(modele: type[models.Model], relation: str) -> models.Exists:
    """Vrai s’il y a une ligne de cette relation : sinon, il n’y a rien à lire."""
    return models.Exists(modele._default_manager.filter(pk=models.OuterRef("pk"), **{f"{relation}__isnull": False}))


def derniere_ligne_du_journal(modele: type[models.Model], actes: Sequence[str]) -> models.Subquery:
    """L’identifiant de la dernière ligne du journal où l’un de ces actes touche l’objet ; None s’il n’y en a pas."""
    cle = Cast(models.OuterRef("pk"), models.CharField())
    lignes = Journal.objects.filter(objet_type=modele._meta.label, objet_id=cle, acte__in=actes)
    return models.Subquery(lignes.order_by().values("objet_id").annotate(n=models.Max("pk")).values("n"))


def joints(modele: type[models.Model], relation: str, *champs: str) -> models.Prefetch[str]:
    """Les lignes de cette relation et ce vers quoi chacune mène, en une requête pour toutes."""
    rattache: Any = modele._meta.get_field(relation).related_model
    return models.Prefetch(relation, rattache._default_manager.select_related(*champs))
