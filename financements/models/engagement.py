"""Ce que l’AE devient : affectée à un axe, engagée sur une action et un exercice ; et les crédits reportés.

Trois tables en ajout seul : un mouvement se corrige par un autre. La base tient, à chaque écriture et quelle qu’en
soit la voie, engagé ≤ affecté ≤ AE (CGCT L3312-4 et R3312-3).
"""

from django.db import models
from django.db.models import F, Q

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from financements.models.action import Action
from financements.models.convention import Avenant
from financements.models.declencheurs_de_l_execution import (
    affecte_au_plus_l_ae,
    engage_au_plus_l_affecte,
    report_au_plus_le_disponible,
)
from financements.models.deliberation import Deliberation
from financements.models.enveloppe import Enveloppe
from financements.states.execution import NatureDeMouvement
from projets.models import Axe

_CORRIGE = "Un mouvement ne change pas\u00a0: un autre le corrige."


class AffectationDeCredits(models.Model):
    """Une part de l’AE réservée à un axe (euros) ; négative, elle la lui retire."""

    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="affectations", verbose_name="enveloppe")
    axe = models.ForeignKey(Axe, models.PROTECT, related_name="affectations", verbose_name="axe")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)
    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, null=True, blank=True, related_name="affectations", verbose_name="délibération"
    )
    motif = models.CharField("motif", max_length=300, blank=True)
    faite_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="faite par"
    )
    faite_le = models.DateTimeField("faite le", auto_now_add=True)

    class Meta:
        verbose_name = "affectation de crédits"
        verbose_name_plural = "affectations de crédits"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(montant=0),
                name="affectation_non_nulle",
                violation_error_message="Une affectation est d’un montant non nul.",
            )
        ]
        triggers = [
            *en_ajout_seul("affectation", "Les affectations ne se vident pas.", refus=_CORRIGE),
            affecte_au_plus_l_ae(),
        ]

    def __str__(self) -> str:
        return f"Affectation à l’axe {self.axe_id} : {self.montant} €"


class MouvementDEngagement(models.Model):
    """Ce qui change l’engagement d’une action sur un exercice (euros, signé). Leur somme est l’engagement."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="engagements", verbose_name="action")
    exercice = models.PositiveSmallIntegerField("exercice")
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    nature = models.CharField("nature", max_length=12, choices=NatureDeMouvement.choices)
    avenant = models.ForeignKey(
        Avenant, models.PROTECT, null=True, blank=True, related_name="engagements", verbose_name="avenant"
    )
    motif = models.CharField("motif", max_length=300, blank=True)
    fait_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fait par"
    )
    fait_le = models.DateTimeField("fait le", auto_now_add=True)

    class Meta:
        verbose_name = "mouvement d’engagement"
        verbose_name_plural = "mouvements d’engagement"
        ordering = ["pk"]
        indexes = [models.Index(fields=["exercice"], name="engagement_par_exercice")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(montant=0),
                name="engagement_non_nul",
                violation_error_message="Un mouvement d’engagement est d’un montant non nul.",
            ),
            models.UniqueConstraint(
                fields=["action", "exercice"],
                condition=Q(nature=NatureDeMouvement.INITIAL),
                name="engagement_initial_unique",
                violation_error_message="Cette action est déjà engagée sur cet exercice.",
            ),
        ]
        triggers = [
            *en_ajout_seul("engagement", "Les engagements ne se vident pas.", refus=_CORRIGE),
            engage_au_plus_l_affecte(),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.exercice} : {self.montant} €"


class ReportDeCredits(models.Model):
    """Crédits de paiement non consommés d’un exercice, reportés sur un autre (euros). Σ CP = AE, toujours."""

    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="reports", verbose_name="enveloppe")
    de = models.PositiveSmallIntegerField("de l’exercice")
    vers = models.PositiveSmallIntegerField("sur l’exercice")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)
    motif = models.CharField("motif", max_length=300)
    fait_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="fait par"
    )
    fait_le = models.DateTimeField("fait le", auto_now_add=True)

    class Meta:
        verbose_name = "report de crédits"
        verbose_name_plural = "reports de crédits"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(montant__gt=0) & Q(vers__gt=F("de")),
                name="report_vers_un_exercice_suivant",
                violation_error_message="Un report positif va vers un exercice suivant.",
            )
        ]
        triggers = [
            *en_ajout_seul("report_de_credits", "Les reports ne se vident pas.", refus=_CORRIGE),
            report_au_plus_le_disponible(),
        ]

    def __str__(self) -> str:
        return f"Report de {self.de} sur {self.vers} : {self.montant} €"
