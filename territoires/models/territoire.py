"""Le territoire d’insertion et ses communes."""

from django.db import models

from config.socle.champs import CleDeTriField


class Territoire(models.Model):
    """Un des territoires entre lesquels les crédits sont répartis au prorata des allocataires.

    `contour` : géométrie GeoJSON (Polygon ou MultiPolygon, degrés WGS 84), pour la carte.
    """

    code = models.CharField("code", max_length=6, unique=True)
    nom = models.CharField("nom", max_length=100, unique=True)
    nom_tri = CleDeTriField("nom de tri", source="nom", db_index=True)
    contour = models.JSONField("contour", null=True, blank=True)
    est_hypothese = models.BooleanField(
        "périmètre non officiel",
        default=False,
        help_text="le périmètre est une hypothèse, à dire partout où il se montre",
    )

    class Meta:
        verbose_name = "territoire"
        ordering = ["nom_tri"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9]{2,6}$"),
                name="territoire_code_majuscules",
                violation_error_message="Le code d’un territoire est fait de 2 à 6 majuscules ou chiffres.",
            )
        ]

    def __str__(self) -> str:
        return self.nom


class Commune(models.Model):
    """Une commune (Code officiel géographique) et le territoire dont elle relève."""

    code_insee = models.CharField("code Insee", max_length=5, unique=True)
    nom = models.CharField("nom", max_length=100)
    nom_tri = CleDeTriField("nom de tri", source="nom", db_index=True)
    codes_postaux = models.CharField("codes postaux", max_length=100, blank=True)
    arrondissement = models.CharField("arrondissement", max_length=60, blank=True)
    epci = models.CharField("intercommunalité", max_length=120, blank=True)
    population = models.PositiveIntegerField("population municipale 2016", null=True, blank=True)
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="communes", verbose_name="territoire")

    class Meta:
        verbose_name = "commune"
        ordering = ["nom_tri"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code_insee__regex=r"^(\d{2}|2[AB])\d{3}$"),
                name="commune_code_insee",
                violation_error_message="Le code Insee a cinq caractères (59350, 2A004).",
            )
        ]

    def __str__(self) -> str:
        return self.nom
