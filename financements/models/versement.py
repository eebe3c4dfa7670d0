"""Ce qui se paie : la règle de versement, les versements d’une action, leurs pièces, les titres de recette."""

from typing import Self

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import MONTHS

from comptes.models import CompteBancaire, Document, Personne
from comptes.states import Role
from config.socle.montants import INSECABLE, format_nombre
from financements.models.action import Action
from financements.models.declencheurs_de_l_execution import titre_au_plus_le_verse, verse_dans_l_engage_et_les_cp
from financements.models.deports import projets_fermes_a
from financements.models.procedure import ProcedureContradictoire
from financements.states.execution import (
    TONS_DES_TITRES,
    TONS_DES_VERSEMENTS,
    EtatTitre,
    EtatVersement,
    NatureDeVersement,
)
from projets.models import AppelAProjets

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
_EMIS = ("mandate", "paye")


class RegleDeVersement(models.Model):
    """Comment chaque tranche se paie (80/20, 50/30/20…). Une action suit celle par défaut, ou la sienne."""

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="regles_de_versement", verbose_name="appel à projets"
    )
    nom = models.CharField("nom", max_length=60)
    est_par_defaut = models.BooleanField("règle par défaut", default=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "règle de versement"
        verbose_name_plural = "règles de versement"
        ordering = ["-est_par_defaut", "nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "nom"],
                name="regle_nom_unique",
                violation_error_message="Cet appel a déjà une règle de ce nom.",
            ),
            models.UniqueConstraint(
                fields=["appel"],
                condition=Q(est_par_defaut=True),
                name="regle_par_defaut_unique",
                violation_error_message="Cet appel a déjà une règle par défaut.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class EtapeDeVersement(models.Model):
    """Une étape de la règle : une part de chaque tranche (%), son mois, ce qu’il faut pour la payer.

    `decalage` : 0 pour l’année de la tranche, 1 pour la suivante. `attend_le_bilan_precedent` : le bilan de l’année
    d’avant doit être validé ; `attend_le_bilan` : celui de l’année de la tranche. `pieces` : libellés à joindre.
    """

    regle = models.ForeignKey(RegleDeVersement, models.CASCADE, related_name="etapes", verbose_name="règle")
    rang = models.PositiveSmallIntegerField("rang")
    nature = models.CharField("nature", max_length=8, choices=NatureDeVersement.choices)
    part = models.DecimalField("part de la tranche (%)", max_digits=5, decimal_places=2)
    decalage = models.PositiveSmallIntegerField("année", default=0, choices=[(0, "de la tranche"), (1, "suivante")])
    mois = models.PositiveSmallIntegerField("mois", default=1)
    attend_la_convention = models.BooleanField("convention signée, si elle est obligatoire", default=True)
    attend_le_bilan_precedent = models.BooleanField("bilan de l’année d’avant validé", default=False)
    attend_le_bilan = models.BooleanField("bilan de l’année validé", default=False)
    pieces = models.JSONField("pièces à joindre", default=list, blank=True)

    class Meta:
        verbose_name = "étape de versement"
        verbose_name_plural = "étapes de versement"
        ordering = ["regle", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["regle", "rang"],
                name="etape_rang_unique",
                violation_error_message="Cette règle a déjà une étape de ce rang.",
            ),
            models.CheckConstraint(
                condition=Q(part__gt=0, part__lte=100) & Q(mois__gte=1, mois__lte=12) & Q(decalage__lte=1),
                name="etape_bornes",
                violation_error_message="Une étape paie de 0 à 100 %, un mois de l’année ou de la suivante.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.part} %"

    @property
    def en_clair(self) -> str:
        """« avance de 80 % de la tranche, en mars de l’année, sur la convention signée »."""
        attend = (
            (self.attend_la_convention, "la convention signée"),
            (self.attend_le_bilan_precedent, "le bilan de l’année précédente validé"),
            (self.attend_le_bilan, "le bilan de l’année validé"),
        )
        conditions = [texte for vaut, texte in attend if vaut]
        conditions += [f"la pièce «\u00a0{piece}\u00a0»" for piece in self.pieces]
        suite = f", sur {', '.join(conditions)}" if conditions else ""
        quand = f"{MONTHS[self.mois]} de l’année{' suivante' if self.decalage else ''}"
        part = format_nombre(self.part, 0 if self.part == self.part.to_integral_value() else 2)
        return f"{self.get_nature_display()} de {part}{INSECABLE}% de la tranche, en {quand}{suite}"


class VersementQuerySet(models.QuerySet["Versement"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements les voit tous, sauf déport ; un porteur, les siens, décision notifiée."""
        if personne.role in _LECTEURS:
            return self.exclude(action__projet__in=projets_fermes_a(personne))
        if personne.role == Role.PORTEUR:
            return self.filter(
                action__projet__organisme__adhesions__personne=personne, action__projet__decision_reservee=False
            )
        return self.none()


class Versement(models.Model):
    """Un versement d’une action : prévu par la règle, puis liquidé, mandaté, payé (euros).

    `annee` : l’année de la tranche qu’il paie ; `exercice` : celui dont il prend les crédits. `reference` : son
    identifiant pour le progiciel financier, qui ne change jamais.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="versements", verbose_name="action")
    reference = models.CharField("référence", max_length=40, unique=True)
    annee = models.PositiveSmallIntegerField("année de la tranche")
    exercice = models.PositiveSmallIntegerField("exercice")
    rang = models.PositiveSmallIntegerField("rang")
    nature = models.CharField("nature", max_length=8, choices=NatureDeVersement.choices)
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    etat = models.CharField("état", max_length=9, choices=EtatVersement.choices, default=EtatVersement.PREVU)
    prevu_le = models.DateField("prévu le")
    attend_la_convention = models.BooleanField("attend la convention", default=True)
    attend_le_bilan_de = models.PositiveSmallIntegerField("attend le bilan de", null=True, blank=True)
    compte = models.ForeignKey(
        CompteBancaire, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte bancaire"
    )
    service_fait_le = models.DateField("service fait le", null=True, blank=True)
    liquide_le = models.DateField("liquidé le", null=True, blank=True)
    numero_de_mandat = models.CharField("numéro de mandat", max_length=30, blank=True)
    numero_de_bordereau = models.CharField("numéro de bordereau", max_length=30, blank=True)
    mandate_le = models.DateField("mandaté le", null=True, blank=True)
    paye_le = models.DateField("payé le", null=True, blank=True)
    motif = models.TextField("motif du rejet, de la suspension ou de l’annulation", blank=True, max_length=2000)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = VersementQuerySet.as_manager()

    class Meta:
        verbose_name = "versement"
        ordering = ["action", "exercice", "annee", "rang"]
        indexes = [models.Index(fields=["exercice", "etat"], name="versement_par_exercice")]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "annee", "rang"],
                name="versement_rang_unique",
                violation_error_message="Cette tranche a déjà un versement de ce rang.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0) & ~Q(montant=0, etat__in=("liquide", "mandate", "paye")),
                name="versement_positif",
                violation_error_message="Un versement liquidé est d’un montant positif.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=_EMIS) | Q(mandate_le__isnull=False) & ~Q(numero_de_mandat=""),
                name="versement_mandate_entier",
                violation_error_message="Un versement mandaté porte le numéro et la date de son mandat.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="paye") | Q(paye_le__isnull=False),
                name="versement_paye_date",
                violation_error_message="Un versement payé porte la date de son paiement.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("suspendu", "rejete", "annule")) | Q(motif__regex=r"\S"),
                name="versement_arrete_motive",
                violation_error_message="Suspendre, rejeter ou annuler un versement se motive.",
            ),
        ]
        triggers = [
            *verse_dans_l_engage_et_les_cp(),
            pgtrigger.Protect(
                name="versement_emis_ne_s_efface_pas",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__etat="prevu"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} : {self.montant} €"

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_VERSEMENTS.get(self.etat, "attente")


class PieceDeVersement(models.Model):
    """Une pièce qu’un versement demande : son document quand elle est reçue, et qui l’a vérifiée."""

    versement = models.ForeignKey(Versement, models.CASCADE, related_name="pieces", verbose_name="versement")
    libelle = models.CharField("pièce", max_length=120)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="document"
    )
    recue_le = models.DateField("reçue le", null=True, blank=True)
    refus = models.CharField("pourquoi la précédente ne convenait pas", max_length=300, blank=True)
    verifiee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="vérifiée par"
    )

    class Meta:
        verbose_name = "pièce d’un versement"
        verbose_name_plural = "pièces d’un versement"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["versement", "libelle"],
                name="piece_de_versement_unique",
                violation_error_message="Ce versement demande déjà cette pièce.",
            )
        ]

    def __str__(self) -> str:
        return self.libelle

    @property
    def est_verifiable(self) -> bool:
        """Pas encore vérifiée ; attendue sur papier, ou son document est examiné."""
        return self.verifiee_par_id is None and (self.document is None or self.document.est_utilisable)


class TitreDeRecette(models.Model):
    """Ce que l’organisme rend (euros) : solde négatif, réduction, retrait (CRPA L242-2 2°, CGCT L1617-5)."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="titres", verbose_name="action")
    reference = models.CharField("référence", max_length=40, unique=True)
    annee = models.PositiveSmallIntegerField("année de la tranche", null=True, blank=True)
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    etat = models.CharField("état", max_length=9, choices=EtatTitre.choices, default=EtatTitre.A_EMETTRE)
    motif = models.TextField("motif", max_length=2000)
    procedure = models.OneToOneField(
        ProcedureContradictoire,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="titre",
        verbose_name="procédure contradictoire",
    )
    numero = models.CharField("numéro du titre", max_length=30, blank=True)
    emis_le = models.DateField("émis le", null=True, blank=True)
    recouvre_le = models.DateField("recouvré le", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "titre de recette"
        verbose_name_plural = "titres de recette"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(montant__gt=0) & Q(motif__regex=r"\S"),
                name="titre_positif_et_motive",
                violation_error_message="Un titre de recette est d’un montant positif, et dit son motif.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("emis", "recouvre")) | Q(emis_le__isnull=False) & ~Q(numero=""),
                name="titre_emis_entier",
                violation_error_message="Un titre émis porte son numéro et sa date.",
            ),
        ]
        triggers = titre_au_plus_le_verse()

    def __str__(self) -> str:
        return f"Titre {self.reference} : {self.montant} €"

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_TITRES.get(self.etat, "attente")
