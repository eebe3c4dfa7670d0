"""Le profil d’échange avec le progiciel financier, et le numéro que celui-ci donne à nos engagements."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from comptes.models import Personne
from comptes.states import Role
from financements.models.action import Action
from financements.states.echanges import (
    COLONNES,
    Encodage,
    FormatDeDate,
    FormatDeMontant,
    Separateur,
    SorteDeProfil,
)

OBJET_MINIMUM, OBJET_MAXIMUM = 20, 256


class ProfilDExportQuerySet(models.QuerySet["ProfilDExport"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Le service financier, qui les règle."""
        return self if personne.role == Role.FINANCES else self.none()


class ProfilDExport(models.Model):
    """Le fichier qu’attend, ou que rend, le progiciel financier : ses colonnes et leurs formats.

    `colonnes` : [clé, en-tête], dans l’ordre du fichier ; les clés sont celles de `states.echanges.COLONNES`.
    `budget` : la valeur de la colonne « budget », la même sur chaque ligne.
    """

    nom = models.CharField("nom", max_length=60, unique=True)
    sorte = models.CharField("fichier", max_length=12, choices=SorteDeProfil.choices)
    colonnes = models.JSONField("colonnes", default=list)
    separateur = models.CharField(
        "séparateur", max_length=1, choices=Separateur.choices, default=Separateur.POINT_VIRGULE
    )
    encodage = models.CharField("encodage", max_length=10, choices=Encodage.choices, default=Encodage.UTF8)
    format_date = models.CharField("dates", max_length=8, choices=FormatDeDate.choices, default=FormatDeDate.FRANCAIS)
    format_montant = models.CharField(
        "montants", max_length=8, choices=FormatDeMontant.choices, default=FormatDeMontant.VIRGULE
    )
    avec_entete = models.BooleanField("première ligne d’en-têtes", default=True)
    longueur_objet = models.PositiveSmallIntegerField(
        "longueur de l’objet (caractères)",
        default=100,
        validators=[MinValueValidator(OBJET_MINIMUM), MaxValueValidator(OBJET_MAXIMUM)],
    )
    budget = models.CharField("budget", max_length=20, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = ProfilDExportQuerySet.as_manager()

    class Meta:
        verbose_name = "profil d’échange"
        verbose_name_plural = "profils d’échange"
        ordering = ["sorte", "nom"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sorte__in=SorteDeProfil.values),
                name="profil_sorte_connue",
                violation_error_message="Cette sorte de fichier n’existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(longueur_objet__gte=OBJET_MINIMUM, longueur_objet__lte=OBJET_MAXIMUM),
                name="profil_objet_borne",
                violation_error_message="L’objet a de 20 à 256 caractères.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @classmethod
    def par_defaut(cls, sorte: SorteDeProfil) -> "ProfilDExport":
        """Toutes les colonnes, nommées par leur clé ; pas enregistré."""
        return cls(nom="par défaut", sorte=sorte, colonnes=[[cle, cle] for cle in COLONNES[sorte]])

    @property
    def cles(self) -> list[str]:
        """Les colonnes du fichier, dans l’ordre."""
        return [cle for cle, _ in self.colonnes]

    @property
    def entetes(self) -> list[str]:
        """Leurs en-têtes."""
        return [entete for _, entete in self.colonnes]


class NumeroDEngagement(models.Model):
    """Le numéro que le progiciel donne à l’engagement d’une action pour un exercice ; vient du retour d’exécution."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="numeros_d_engagement", verbose_name="action")
    exercice = models.PositiveSmallIntegerField("exercice")
    numero = models.CharField("numéro", max_length=30, unique=True)

    class Meta:
        verbose_name = "numéro d’engagement"
        verbose_name_plural = "numéros d’engagement"
        ordering = ["action", "exercice"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "exercice"],
                name="numero_d_engagement_unique",
                violation_error_message="Cet engagement a déjà son numéro.",
            )
        ]

    def __str__(self) -> str:
        return self.numero
