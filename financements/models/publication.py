"""Les données ouvertes publiées : chaque fichier préparé, et ce qu’il disait de chaque action."""

from typing import Self

from django.db import models
from django.db.models import Q

from comptes.models import Personne
from comptes.states import Role
from config.socle.declencheurs import en_ajout_seul
from financements.models.action import Action
from projets.models import AppelAProjets

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements."""
        return self if personne.role in _LECTEURS else self.none()


class Publication(models.Model):
    """Un fichier SCDL préparé ; en ligne quand quelqu’un dit où et depuis quand (décret 2017-779).

    `montant` : euros attribués de ses lignes ; `empreinte` : SHA-256 du fichier.
    """

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="publications", verbose_name="appel à projets"
    )
    seuil_legal = models.BooleanField("au seuil légal")
    nombre = models.PositiveIntegerField("lignes")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    preparee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="préparée par"
    )
    preparee_le = models.DateTimeField("préparée le", auto_now_add=True)
    en_ligne_le = models.DateField("en ligne le", null=True, blank=True)
    adresse = models.URLField("adresse de publication", max_length=300, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "publication de données ouvertes"
        verbose_name_plural = "publications de données ouvertes"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(en_ligne_le__isnull=True) | ~Q(adresse=""),
                name="publication_en_ligne_entiere",
                violation_error_message="Une publication en ligne dit son adresse.",
            )
        ]

    def __str__(self) -> str:
        return f"Publication de {self.nombre} lignes"


class LignePubliee(models.Model):
    """Ce qu’une publication disait d’une action : un montant (euros) et une date qui, changés, se republient."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="lignes", verbose_name="publication")
    action = models.ForeignKey(Action, models.PROTECT, related_name="+", verbose_name="action")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)
    datee_le = models.DateField("datée du")

    class Meta:
        verbose_name = "ligne publiée"
        verbose_name_plural = "lignes publiées"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "action"],
                name="ligne_publiee_unique",
                violation_error_message="Cette publication a déjà une ligne pour cette action.",
            )
        ]
        triggers = en_ajout_seul("ligne_publiee", "Les lignes publiées ne se vident pas.")

    def __str__(self) -> str:
        return f"action {self.action_id} : {self.montant} €"
