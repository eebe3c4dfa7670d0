"""Les régimes d’aides de minimis et d’où vient ce que le registre en sait. Des données."""

from django.db import models


class RegimeDeMinimis(models.TextChoices):
    GENERAL = "general", "général"
    SIEG = "sieg", "service d’intérêt économique général"


class OrigineDAide(models.TextChoices):
    DEPARTEMENT = "departement", "notre aide"
    DECLAREE = "declaree", "déclarée par l’organisme"
