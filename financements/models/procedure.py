"""Ce qui se retient avant de reprendre de l’argent : la procédure contradictoire, et le solde arrêté d’une tranche."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from comptes.models import Personne
from comptes.states import Role
from config.socle.declencheurs import en_ajout_seul
from financements.models.action import Action
from financements.models.bilan import Bilan
from financements.models.deports import projets_fermes_a
from financements.states.execution import (
    PROCEDURES_EN_COURS,
    TONS_DES_PROCEDURES,
    EtatProcedure,
    SorteDeProcedure,
)

DELAI_MINIMAL = timedelta(days=15)  # le temps laissé à l’organisme pour ses observations (CRPA L122-1)
_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


class ProcedureQuerySet(models.QuerySet["ProcedureContradictoire"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements les voit toutes, sauf déport ; un porteur, les siennes, décision notifiée."""
        if personne.role in _LECTEURS:
            return self.exclude(action__projet__in=projets_fermes_a(personne))
        if personne.role == Role.PORTEUR:
            return self.filter(
                action__projet__organisme__adhesions__personne=personne, action__projet__decision_reservee=False
            )
        return self.none()

    def en_cours(self) -> Self:
        """Celles que rien n’a encore conclues."""
        return self.filter(etat__in=PROCEDURES_EN_COURS)


class ProcedureContradictoire(models.Model):
    """L’organisme est entendu avant une suspension, une réduction, un retrait ou un reversement (CRPA L121-1).

    `montant` : ce qui est en jeu (euros), vide pour une suspension ; `montant_retenu` : ce qui est décidé.
    `annee` : la tranche en cause, vide pour toute l’action. `par_lettre` : aucun courriel ne l’annonce, le délai
    court de la remise d’une lettre.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="procedures", verbose_name="action")
    sorte = models.CharField("objet", max_length=11, choices=SorteDeProcedure.choices)
    annee = models.PositiveSmallIntegerField("année de la tranche", null=True, blank=True)
    motif = models.TextField("motif", max_length=2000)
    montant = models.DecimalField("montant en jeu (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    etat = models.CharField("état", max_length=10, choices=EtatProcedure.choices, default=EtatProcedure.ENGAGEE)
    engagee_le = models.DateField("engagée le")
    engagee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="engagée par"
    )
    repondre_avant = models.DateField("observations jusqu’au")
    par_lettre = models.BooleanField("avertie par lettre", default=False)
    remise_le = models.DateField("lettre remise le", null=True, blank=True)
    observations = models.TextField("observations de l’organisme", blank=True, max_length=10000)
    observations_le = models.DateTimeField("observations reçues le", null=True, blank=True)
    observations_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="observations de"
    )
    decision = models.TextField("décision motivée", blank=True, max_length=5000)
    montant_retenu = models.DecimalField("montant retenu (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    decidee_le = models.DateField("décidée le", null=True, blank=True)
    decidee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidée par"
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = "procédure contradictoire"
        verbose_name_plural = "procédures contradictoires"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"],
                condition=Q(etat__in=sorted(PROCEDURES_EN_COURS)),
                name="procedure_une_seule_en_cours",
                violation_error_message="Une procédure contradictoire est déjà en cours pour cette action.",
            ),
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S") & Q(repondre_avant__gte=F("engagee_le") + DELAI_MINIMAL),
                name="procedure_motivee_et_a_temps",
                violation_error_message="Une procédure dit son motif et laisse au moins quinze jours à l’organisme.",
            ),
            models.CheckConstraint(
                condition=Q(sorte=SorteDeProcedure.SUSPENSION, montant__isnull=True)
                | ~Q(sorte=SorteDeProcedure.SUSPENSION) & Q(montant__gt=0),
                name="procedure_montant_en_jeu",
                violation_error_message="Hors suspension, une procédure dit le montant en jeu.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatProcedure.DECIDEE)
                | Q(decision__regex=r"\S", decidee_le__isnull=False)
                & (Q(observations_le__isnull=False) | Q(decidee_le__gt=F("repondre_avant"))),
                name="procedure_decidee_apres_le_contradictoire",
                violation_error_message=(
                    "La décision est motivée, et attend les observations de l’organisme ou la fin de son délai."
                ),
            ),
            models.CheckConstraint(
                condition=Q(montant_retenu__isnull=True)
                | Q(montant_retenu__gte=0) & Q(montant_retenu__lte=F("montant")),
                name="procedure_retenu_au_plus_l_enjeu",
                violation_error_message="On ne retient pas plus que ce qui était en jeu.",
            ),
            models.CheckConstraint(
                condition=Q(remise_le__isnull=True)
                | Q(par_lettre=True, remise_le__gte=F("engagee_le"))
                & Q(repondre_avant__gte=F("remise_le") + DELAI_MINIMAL),
                name="procedure_delai_depuis_la_remise",
                violation_error_message=(
                    "La lettre se remet après l’ouverture, et laisse au moins quinze jours à l’organisme."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatProcedure.DECIDEE)
                | Q(par_lettre=False)
                | Q(remise_le__isnull=False)
                | Q(observations_le__isnull=False),
                name="procedure_decidee_apres_la_remise",
                violation_error_message="La décision attend la date de remise de la lettre à l’organisme.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="procedure_ne_s_efface_pas", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="procedure_conclue_figee",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__etat__in=["decidee", "abandonnee"]),
                func="""
                    RAISE EXCEPTION 'Une procédure conclue ne change plus.'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'procedure_conclue_figee';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_sorte_display()} : {self.get_etat_display()}"

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_PROCEDURES[self.etat]

    @property
    def est_en_cours(self) -> bool:
        """Rien ne l’a encore conclue."""
        return self.etat in PROCEDURES_EN_COURS

    def est_decidable(self, jour: date) -> bool:
        """L’organisme a parlé, ou son délai est passé ; par lettre, ce délai ne court qu’une fois la lettre remise."""
        delai_echu = jour > self.repondre_avant and not self.attend_la_remise
        return self.est_en_cours and (self.observations_le is not None or delai_echu)

    @property
    def attend_la_remise(self) -> bool:
        """Rien ne dit encore que l’organisme l’a reçue : ni courriel, ni lettre remise, ni réponse."""
        return self.par_lettre and self.remise_le is None and self.observations_le is None

    @property
    def delai(self) -> int:
        """Le temps laissé à l’organisme, en jours, depuis qu’il est averti."""
        return (self.repondre_avant - (self.remise_le or self.engagee_le)).days


class SoldeArrete(models.Model):
    """Le compte d’une tranche d’après son bilan validé (euros) ; un bilan rouvert puis validé en demande un autre.

    `taux` : part du coût éligible que l’aide couvre (%), gardée pour être relue ; le calcul se fait sur la fraction.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="soldes", verbose_name="action")
    annee = models.PositiveSmallIntegerField("année")
    bilan = models.ForeignKey(Bilan, models.PROTECT, related_name="soldes", verbose_name="bilan")
    attribue = models.DecimalField("attribué (€)", max_digits=12, decimal_places=2)
    cout_reel = models.DecimalField("coût réel éligible (€)", max_digits=12, decimal_places=2)
    taux = models.DecimalField("taux (%)", max_digits=7, decimal_places=4)
    du = models.DecimalField("dû (€)", max_digits=12, decimal_places=2)
    verse = models.DecimalField("déjà versé (€)", max_digits=12, decimal_places=2)
    arrete_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="arrêté par"
    )
    arrete_le = models.DateTimeField("arrêté le", auto_now_add=True)

    class Meta:
        verbose_name = "solde arrêté"
        verbose_name_plural = "soldes arrêtés"
        ordering = ["action", "annee", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(du__gte=0, verse__gte=0, cout_reel__gte=0) & Q(du__lte=F("attribue")),
                name="solde_du_au_plus_l_attribue",
                violation_error_message="Le dû ne dépasse pas ce qui est attribué.",
            )
        ]
        triggers = en_ajout_seul(
            "solde_arrete", "Les soldes ne se vident pas.", refus="Un solde arrêté ne change pas : un autre le suit."
        )

    def __str__(self) -> str:
        return f"Solde {self.annee} : {self.solde} €"

    @property
    def solde(self) -> Decimal:
        """Dû moins versé (euros), négatif si l’organisme doit rendre."""
        return self.du - self.verse

    @property
    def trop_verse(self) -> Decimal:
        """Ce que l’organisme rend (euros)."""
        return max(-self.solde, Decimal(0))
