"""Le délai de plus accordé à un organisme, avec son motif."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from comptes.models import Organisme, Personne
from projets.models.appel import AppelAProjets


class ProlongationQuerySet(models.QuerySet["Prolongation"]):
    def en_vigueur(self) -> Self:
        """Celles qui n’ont pas été retirées, passées ou non."""
        return self.filter(retiree_le__isnull=True)

    def fin_pour(self, appel: AppelAProjets, organisme: Organisme) -> datetime | None:
        """L’instant accordé à cet organisme, None s’il n’a pas de prolongation."""
        lignes = self.en_vigueur().filter(appel=appel, organisme=organisme)
        return lignes.values_list("jusqu_au", flat=True).first()


class Prolongation(models.Model):
    """Un organisme peut déposer jusqu’à un instant plus tardif que la clôture. Une seule en vigueur à la fois."""

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="prolongations", verbose_name="appel à projets"
    )
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="prolongations", verbose_name="organisme")
    jusqu_au = models.DateTimeField("jusqu’au")
    motif = models.TextField("motif")
    accordee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="accordée par"
    )
    accordee_le = models.DateTimeField("accordée le", auto_now_add=True)
    retiree_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retirée par"
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    objects = ProlongationQuerySet.as_manager()

    class Meta:
        verbose_name = "prolongation"
        ordering = ["-accordee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "organisme"],
                condition=Q(retiree_le__isnull=True),
                name="prolongation_unique",
                violation_error_message="Cet organisme a déjà une prolongation : retirez-la d’abord.",
            ),
            models.CheckConstraint(
                condition=~Q(motif=""),
                name="prolongation_motivee",
                violation_error_message="Le motif est obligatoire.",
            ),
            models.CheckConstraint(
                condition=Q(retiree_le__isnull=False) | Q(retiree_par__isnull=True),
                name="prolongation_retrait_date",
                violation_error_message="Un retrait a une date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisme}, jusqu’au {self.jusqu_au:%d/%m/%Y %H:%M}"
