"""Un rappel que l’horloge a fait : ce qui empêche de le refaire."""

from django.db import models

from projets.models.projet import Projet


class RappelFait(models.Model):
    """Une ligne par projet, par sorte et par date rappelée ; une date reculée donne droit à un nouveau rappel."""

    class Sorte(models.TextChoices):
        VEILLE = "veille", "veille du complément"
        LENDEMAIN = "lendemain", "complément en retard"
        REJET = "rejet", "rejet implicite proche"

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="rappels", verbose_name="projet")
    sorte = models.CharField("sorte", max_length=10, choices=Sorte.choices)
    pour_le = models.DateField("date rappelée")
    fait_le = models.DateTimeField("fait le", auto_now_add=True)

    class Meta:
        verbose_name = "rappel fait"
        verbose_name_plural = "rappels faits"
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "sorte", "pour_le"],
                name="rappel_fait_une_fois",
                violation_error_message="Ce rappel est déjà fait.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_sorte_display()} du projet {self.projet_id}"
