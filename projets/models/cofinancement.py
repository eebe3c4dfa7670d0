"""Les financeurs d’un projet autres que le département."""

from django.db import models
from django.db.models import Q

from projets.models.projet import Projet


class Financeur(models.TextChoices):
    """Sortes de cofinanceurs (lignes 74 du budget de projet, Cerfa 12156)."""

    ETAT = "etat", "État"
    REGION = "region", "Région"
    DEPARTEMENT = "dep", "autre département"
    EPCI = "epci", "intercommunalité"
    COMMUNE = "commune", "commune"
    CAF = "caf", "CAF et organismes sociaux"
    FSE = "fse", "Fonds social européen"
    EUROPE = "europe", "autre fonds européen"
    ASP = "asp", "ASP (emplois aidés)"
    PUBLIC = "public", "autre établissement public"
    PRIVE = "prive", "aides privées"
    AUTRE = "autre", "autre"


class Cofinancement(models.Model):
    """Un financeur du projet autre que le département (euros, toutes années)."""

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="cofinancements", verbose_name="projet")
    financeur = models.CharField("financeur", max_length=10, choices=Financeur.choices)
    precision = models.CharField("précision", max_length=120, blank=True)
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    est_acquis = models.BooleanField("acquis", default=False, help_text="sinon, sollicité")

    class Meta:
        verbose_name = "cofinancement"
        constraints = [
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="cofinancement_positif",
                violation_error_message="Un cofinancement est d’un montant positif.",
            ),
            models.UniqueConstraint(
                fields=["projet"],
                condition=Q(financeur=Financeur.FSE),
                name="cofinancement_fse_unique",
                violation_error_message="Le Fonds social européen ne figure qu’une fois.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_financeur_display()} : {self.montant} €"
