"""Les effectifs d’allocataires par territoire, datés et sourcés : les poids du prorata."""

from typing import Self

from django.db import models

from territoires.models.territoire import Territoire


class UniteEffectif(models.TextChoices):
    """Ce que l’on compte (foyer ≠ personne : voir le glossaire)."""

    FOYERS = "foyers", "foyers allocataires du RSA"
    BENEFICIAIRES = "beneficiaires", "bénéficiaires du RSA (adultes)"
    PERSONNES = "personnes", "personnes couvertes par le RSA"


class ReleveEffectifsQuerySet(models.QuerySet["ReleveEffectifs"]):
    def avec_total(self) -> Self:
        """Ajoute `total` (effectif de tous les territoires)."""
        return self.annotate(total=models.Sum("effectifs__nombre", default=0))


class ReleveEffectifs(models.Model):
    """Un relevé : une date, une unité, une source, et un effectif par territoire."""

    Unite = UniteEffectif

    observe_le = models.DateField("date d’observation")
    unite = models.CharField("unité", max_length=15, choices=UniteEffectif.choices, default=UniteEffectif.FOYERS)
    source = models.CharField("source", max_length=300)
    est_fictif = models.BooleanField("valeurs inventées", default=False)
    importe_le = models.DateTimeField("importé le", auto_now_add=True)

    objects = ReleveEffectifsQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé d’effectifs"
        verbose_name_plural = "relevés d’effectifs"
        ordering = ["-observe_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["observe_le", "unite", "source"],
                name="releve_unique",
                violation_error_message="Un relevé de cette date, de cette unité et de cette source existe déjà.",
            ),
            models.CheckConstraint(
                condition=~models.Q(source=""),
                name="releve_source_dite",
                violation_error_message="La source d’un relevé est obligatoire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_unite_display()} au {self.observe_le:%d/%m/%Y}{' (fictif)' if self.est_fictif else ''}"


class Effectif(models.Model):
    """Nombre d’allocataires d’un territoire dans un relevé."""

    releve = models.ForeignKey(ReleveEffectifs, models.CASCADE, related_name="effectifs", verbose_name="relevé")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="effectifs", verbose_name="territoire")
    nombre = models.PositiveIntegerField("nombre")

    class Meta:
        verbose_name = "effectif"
        constraints = [
            models.UniqueConstraint(
                fields=["releve", "territoire"],
                name="effectif_unique_par_territoire",
                violation_error_message="Ce territoire a déjà un effectif dans ce relevé.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.territoire_id} : {self.nombre}"
