"""Un acte fait sur plusieurs projets à la fois, et ce qui est advenu de chacun."""

from typing import Self

from django.db import models
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.models import Travail
from projets.states import ActeEnLot

LIGNES_ADMISES = 500


class LotQuerySet(models.QuerySet["Lot"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Le sien ; le pilote les voit tous."""
        return self if personne.role == Role.PILOTE else self.filter(demande_par=personne)


class Lot(Travail):
    """Le travail : quel acte, avec quoi. Chaque ligne est sa propre transaction, faite une fois au plus."""

    acte = models.CharField("acte", max_length=30, choices=ActeEnLot.choices)
    parametres = models.JSONField("paramètres", default=dict)

    objects = LotQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "acte en lot"
        verbose_name_plural = "actes en lot"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_acte_display().capitalize()}, lot n°\u00a0{self.pk}"

    def get_absolute_url(self) -> str:
        """Son compte rendu."""
        return reverse("projets:lot", args=[self.pk])


class LigneDeLot(models.Model):
    """Un projet d’un lot. `est_fait` : None tant que son tour n’est pas venu, False si l’acte a été refusé."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="lignes", verbose_name="lot")
    rang = models.PositiveSmallIntegerField("rang")
    projet = models.ForeignKey("projets.Projet", models.CASCADE, related_name="+", verbose_name="projet")
    vu = models.PositiveBigIntegerField(
        "dernier passage vu", null=True, blank=True, help_text="ce que la page montrait du projet"
    )
    est_fait = models.BooleanField("fait", null=True, blank=True)
    message = models.TextField("ce qui est advenu", blank=True)

    class Meta:
        verbose_name = "ligne d’un lot"
        verbose_name_plural = "lignes d’un lot"
        ordering = ["lot", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "projet"],
                name="ligne_de_lot_unique",
                violation_error_message="Ce projet est déjà dans ce lot.",
            )
        ]

    def __str__(self) -> str:
        return f"projet {self.projet_id}, lot {self.lot_id}"
