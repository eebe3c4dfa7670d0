"""Ce dont une personne est prévenue. Plusieurs avis font un seul courriel."""

from django.db import models

from comptes.models.courriel import Courriel
from comptes.models.personne import Personne


class AvisQuerySet(models.QuerySet["Avis"]):
    def a_grouper(self) -> "AvisQuerySet":
        """Ceux qui ne sont encore dans aucun courriel, de personnes dont le compte est ouvert."""
        return self.filter(courriel__isnull=True, personne__is_active=True)


class Avis(models.Model):
    """Une phrase et le chemin de la page où agir ; `courriel` : celui qui l’a portée."""

    personne = models.ForeignKey(Personne, models.CASCADE, related_name="avis", verbose_name="personne")
    texte = models.CharField("texte", max_length=400)
    lien = models.CharField("page", max_length=200)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    courriel = models.ForeignKey(
        Courriel, models.SET_NULL, null=True, blank=True, related_name="avis", verbose_name="courriel"
    )

    objects = AvisQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["cree_le", "pk"]
        indexes = [
            models.Index(fields=["personne"], condition=models.Q(courriel__isnull=True), name="avis_a_grouper"),
        ]

    def __str__(self) -> str:
        return self.texte
