"""Montrer la copie d’un projet, même figée avec des valeurs brutes (`projets.rules.copie`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from projets.rules import copie

register = template.Library()
register.filter("numero_de_compte", copie.numero_de_compte)


@register.filter
def montre(champ: Mapping[str, str]) -> str:
    """La valeur d’un champ de la copie (`cle`, `valeur`)."""
    return copie.valeur_lisible(champ["cle"], champ["valeur"])


@register.filter
def accord(ligne: Mapping[str, Any]) -> str:
    """« acquis » ou « sollicité » pour une ligne de cofinancement, sinon vide."""
    return copie.accord(ligne["compte"], ligne["libelle"], est_acquis=bool(ligne.get("est_acquis")))


@register.filter
def siege(adresse: str, commune: object) -> str:
    """`{{ adresse|siege:commune }}` : sans dire deux fois la commune."""
    return copie.siege(adresse or "", str(commune or ""))


@register.filter
def instant(texte: str) -> datetime:
    """L’instant qu’une copie garde en ISO 8601."""
    return datetime.fromisoformat(texte)
