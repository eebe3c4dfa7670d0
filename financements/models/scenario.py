"""Le scénario d’arbitrage : pour chaque projet un choix, et un montant par année partagé entre ses territoires."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from financements.models.declencheurs_de_l_arbitrage import DANS_LES_ENVELOPPES, au_plus_demande, fige
from financements.models.declencheurs_du_vote import vote_reste_adopte
from financements.models.deports import projets_fermes_a
from financements.models.repartition import Repartition
from financements.states import (
    TONS_DES_CHOIX,
    Choix,
    EtatScenario,
    Imposition,
    OrigineScenario,
)
from projets.models import AppelAProjets, Projet
from territoires.models import Territoire


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Un pilote voit les siens, ceux que l’on partage et celui qui est adopté ; les autres rôles, aucun."""
        if personne.role != Role.PILOTE:
            return self.none()
        return self.filter(Q(auteur=personne) | Q(est_partage=True) | Q(etat=EtatScenario.ADOPTE))


class Scenario(models.Model):
    """Une façon d’arbitrer un appel. `rang` : le dernier coup fait et non annulé (0 : aucun)."""

    Etat = EtatScenario

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="scenarios", verbose_name="appel à projets")
    nom = models.CharField("nom", max_length=80)
    description = models.TextField("description", blank=True, max_length=2000)
    auteur = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="auteur")
    est_partage = models.BooleanField("partagé avec les autres pilotes", default=False)
    origine = models.CharField("point de départ", max_length=12, choices=OrigineScenario.choices)
    source = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="copié du scénario"
    )
    etat = models.CharField("état", max_length=8, choices=EtatScenario.choices, default=EtatScenario.ETUDE)
    rang = models.PositiveIntegerField("rang du dernier coup", default=0, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)
    adopte_le = models.DateTimeField("adopté le", null=True, blank=True, editable=False)
    repartition = models.ForeignKey(
        Repartition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="répartition suivie à l’adoption",
    )

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "scénario"
        ordering = ["appel", "-modifie_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "nom"],
                name="scenario_nom_unique",
                violation_error_message="Un scénario de cet appel porte déjà ce nom.",
            ),
            models.UniqueConstraint(
                fields=["appel"],
                condition=Q(etat=EtatScenario.ADOPTE),
                name="scenario_un_seul_adopte",
                violation_error_message="Un scénario de cet appel est déjà adopté.",
            ),
            models.CheckConstraint(
                condition=Q(nom__regex=r"\S"),
                name="scenario_nomme",
                violation_error_message="Un scénario a un nom.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatScenario.ETUDE, adopte_le__isnull=True, repartition__isnull=True)
                | Q(etat=EtatScenario.ADOPTE, adopte_le__isnull=False, repartition__isnull=False),
                name="scenario_adopte_date",
                violation_error_message="Un scénario adopté a une date et une répartition, et lui seul.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="scenario_dans_les_enveloppes",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("etat"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__etat=EtatScenario.ADOPTE),
                declare=[("rep", "bigint"), ("faute", "record")],
                func=DANS_LES_ENVELOPPES,
            ),
            vote_reste_adopte(),
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        """L’écran d’arbitrage (lit `appel` : à charger avec `select_related`)."""
        return reverse("financements:scenario", args=[self.appel.slug, self.pk])

    @property
    def marque(self) -> str:
        """Ce qu’une page montrait : la moindre saisie, une adoption ou un retour la changent."""
        return f"{self.pk} {self.modifie_le.isoformat()}"

    @property
    def est_modifiable(self) -> bool:
        """Vrai tant qu’il n’est pas adopté ; l’état de l’appel se juge à part."""
        return self.etat == EtatScenario.ETUDE


class LigneDeScenarioQuerySet(models.QuerySet["LigneDeScenario"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Celles des scénarios que la personne voit, sauf déport ; les totaux du scénario, eux, les comptent."""
        vues = self.filter(scenario__in=Scenario.objects.visibles_par(personne))
        return vues.exclude(projet__in=projets_fermes_a(personne))


class LigneDeScenario(models.Model):
    """Le choix fait d’un projet. `note` : sa moyenne, arrêtée, copiée ici pour trier et compter sans la recalculer."""

    Choix = Choix

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="lignes", verbose_name="scénario")
    projet = models.ForeignKey(Projet, models.PROTECT, related_name="+", verbose_name="projet")
    choix = models.CharField("choix", max_length=10, choices=Choix.choices, default=Choix.NON_RETENU)
    imposition = models.CharField("pour le calcul", max_length=6, choices=Imposition.choices, blank=True)
    note = models.DecimalField("note sur 100", max_digits=5, decimal_places=2, null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = LigneDeScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d’un scénario"
        verbose_name_plural = "lignes d’un scénario"
        indexes = [models.Index(fields=["scenario", "choix"], name="ligne_par_choix")]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "projet"],
                name="ligne_de_scenario_unique",
                violation_error_message="Ce projet est déjà dans le scénario.",
            ),
            models.CheckConstraint(
                condition=Q(choix__in=Choix.values, imposition__in=Imposition.values),
                name="ligne_choix_connu",
                violation_error_message="Un projet est retenu, en liste d’attente ou non retenu.",
            ),
        ]
        triggers = fige("ligne", "JOIN financements_scenario s ON s.id = x.scenario_id")

    def __str__(self) -> str:
        return f"projet {self.projet_id} : {self.get_choix_display()}"

    @property
    def ton(self) -> str:
        """Le ton du choix à l’écran."""
        return TONS_DES_CHOIX[self.choix]


class PartDeScenario(models.Model):
    """Ce qu’un territoire donne à un projet une année (euros, au centime). Le montant d’une année en est la somme.

    Les montants d’un projet qui n’est pas retenu restent écrits, et ne comptent pas.
    """

    ligne = models.ForeignKey(LigneDeScenario, models.CASCADE, related_name="parts", verbose_name="ligne")
    annee = models.PositiveSmallIntegerField("année")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="+", verbose_name="territoire")
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "part d’un scénario"
        verbose_name_plural = "parts d’un scénario"
        constraints = [
            models.UniqueConstraint(
                fields=["ligne", "annee", "territoire"],
                name="part_de_scenario_unique",
                violation_error_message="Ce territoire a déjà sa part de cette année.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="part_de_scenario_positive",
                violation_error_message="Un montant n’est pas négatif.",
            ),
        ]
        triggers = [
            *fige(
                "part",
                "JOIN financements_lignedescenario l ON l.id = x.ligne_id "
                "JOIN financements_scenario s ON s.id = l.scenario_id",
            ),
            au_plus_demande("ajout", pgtrigger.Insert),
            au_plus_demande("maj", pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} €"


class CoupDeScenario(models.Model):
    """Ce qu’une saisie a changé, pour l’annuler et la rétablir.

    `lignes` : une liste par ligne touchée, [ligne, choix avant, montants avant, choix après, montants après], les
    montants en centimes par année.
    """

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="coups", verbose_name="scénario")
    rang = models.PositiveIntegerField("rang")
    libelle = models.CharField("ce qui a été fait", max_length=200)
    auteur = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="auteur")
    fait_le = models.DateTimeField("fait le", auto_now_add=True)
    lignes = models.JSONField("lignes touchées")

    class Meta:
        verbose_name = "coup d’un scénario"
        verbose_name_plural = "coups d’un scénario"
        ordering = ["scenario", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "rang"],
                name="coup_rang_unique",
                violation_error_message="Un autre coup vient d’être fait.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rang}. {self.libelle}"
