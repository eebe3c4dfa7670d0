"""Ce que l’argent doit à un déport : le projet, son action et leurs pages se ferment à qui s’en écarte."""

from typing import Any

from django.db import models

from comptes.models import Personne
from projets.models import Deport


def projets_fermes_a(personne: Personne) -> models.QuerySet[Deport, Any]:
    """Les projets dont elle s’est déportée : ils lui sont fermés partout."""
    return Deport.objects.en_cours().filter(personne=personne).values("projet")
