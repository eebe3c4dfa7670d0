"""Le produit d’un organisme : ce qu’il faut savoir pour l’annexe des organismes aidés à plus de moitié."""

from django.db import models
from django.db.models import Q

from comptes.models import Organisme, Personne


class ProduitDOrganisme(models.Model):
    """Le total des produits du compte de résultat d’un organisme, une année (euros ; CGCT L2313-1, 4°)."""

    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="produits", verbose_name="organisme")
    annee = models.PositiveSmallIntegerField("année")
    montant = models.DecimalField("produit (€)", max_digits=14, decimal_places=2)
    saisi_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="saisi par")
    saisi_le = models.DateTimeField("saisi le", auto_now=True)

    class Meta:
        verbose_name = "produit d’un organisme"
        verbose_name_plural = "produits d’un organisme"
        ordering = ["organisme", "annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "annee"],
                name="produit_unique",
                violation_error_message="Le produit de cette année est déjà saisi.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="produit_positif",
                violation_error_message="Un produit est positif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} €"
