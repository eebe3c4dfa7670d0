"""Le calcul d’une sélection : un travail long, ses réglages figés à la demande, et ce qu’il a trouvé."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.models import Travail
from config.socle.travaux import ACTIFS
from financements.models.scenario import Scenario
from projets.models import AppelAProjets


class CalculDeSelectionQuerySet(models.QuerySet["CalculDeSelection"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Un pilote voit ceux qu’il a demandés, et ceux dont il voit le scénario ; les autres rôles, aucun."""
        if personne.role != Role.PILOTE:
            return self.none()
        return self.filter(Q(demande_par=personne) | Q(scenario__in=Scenario.objects.visibles_par(personne)))


class CalculDeSelection(Travail):
    """Une sélection demandée à l’optimisation (docs/adr/0013). Elle n’est qu’une proposition.

    `parametres` : voir `chiffres.arbitrage.parametres` ; les projets imposés y sont figés. `resultat` : voir
    `chiffres.arbitrage.compte_rendu`. `base` : le scénario dont viennent les choix imposés.
    """

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="calculs", verbose_name="appel à projets")
    base = models.ForeignKey(
        Scenario, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="scénario de départ"
    )
    nom = models.CharField("nom du scénario à créer", max_length=80)
    parametres = models.JSONField("paramètres")
    resultat = models.JSONField("résultat", null=True, blank=True)
    scenario = models.ForeignKey(
        Scenario, models.SET_NULL, null=True, blank=True, related_name="calculs", verbose_name="scénario créé"
    )

    objects = CalculDeSelectionQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "calcul d’une sélection"
        verbose_name_plural = "calculs d’une sélection"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["appel", "demande_par"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="calcul_un_seul_a_la_fois",
                violation_error_message="Un de vos calculs est en cours sur cet appel.",
            ),
            models.CheckConstraint(
                condition=Q(demande_par__isnull=False),
                name="calcul_demande_par_quelqu_un",
                violation_error_message="Un calcul est demandé par une personne.",
            ),
        ]

    def __str__(self) -> str:
        return f"Calcul « {self.nom} »"

    def get_absolute_url(self) -> str:
        """Page du calcul (lit `appel` : à charger avec `select_related`)."""
        return reverse("financements:calcul", args=[self.appel.slug, self.pk])
