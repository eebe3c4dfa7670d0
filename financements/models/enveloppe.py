"""L’enveloppe de l’appel (AE), ses crédits par année (CP) et sa répartition entre les territoires."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.declencheurs import differe
from projets.models import AppelAProjets
from territoires.models import ReleveEffectifs, Territoire

# Σ CP = AE, toujours (CGCT R3312-3). Différé : l’enveloppe et ses années s’écrivent dans la même transaction.
_SOMME_DES_CP = """
  FOR cible IN SELECT DISTINCT x FROM unnest(ARRAY[{cles}]) AS x LOOP
    SELECT e.montant_ae,
           COALESCE((SELECT sum(c.montant_cp) FROM financements_creditannuel c WHERE c.enveloppe_id = e.id), 0)
      INTO ae, somme FROM financements_enveloppe e WHERE e.id = cible;
    IF FOUND AND ae <> somme THEN
        RAISE EXCEPTION 'La somme des CP (% €) doit être égale à l’autorisation d’engagement (% €).', somme, ae
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cp_egalent_ae';
    END IF;
  END LOOP;
  RETURN NULL;
"""
_DERNIERE_REPARTITION = """
    SELECT r.id INTO rep FROM financements_repartition r
      WHERE r.enveloppe_id = OLD.enveloppe_id ORDER BY r.version DESC LIMIT 1;
    an := OLD.annee;
"""
# Une année ne distribue pas plus que ses crédits de paiement.
_DOTATIONS_DANS_LES_CP = """
    SELECT r.enveloppe_id INTO env FROM financements_repartition r WHERE r.id = rep;
    SELECT COALESCE(sum(d.montant), 0) INTO somme FROM financements_dotation d
      WHERE d.repartition_id = rep AND d.annee = an;
    SELECT c.montant_cp INTO cp FROM financements_creditannuel c WHERE c.enveloppe_id = env AND c.annee = an;
    IF somme > COALESCE(cp, 0) THEN
        RAISE EXCEPTION 'Les dotations de % (% €) dépassent les crédits de paiement (% €).', an, somme, COALESCE(cp, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dotations_dans_les_cp';
    END IF;
    RETURN NULL;
"""
_DECLARATIONS = [("rep", "bigint"), ("an", "int"), ("env", "bigint"), ("somme", "numeric"), ("cp", "numeric")]


class Enveloppe(models.Model):
    """Autorisation d’engagement (AE) d’un appel : le plafond de ce qui peut être engagé sur toutes ses années."""

    appel = models.OneToOneField(
        AppelAProjets, models.PROTECT, related_name="enveloppe", verbose_name="appel à projets"
    )
    montant_ae = models.DecimalField("autorisation d’engagement (€)", max_digits=14, decimal_places=2)
    deliberation = models.CharField("délibération", max_length=60, blank=True)
    votee_le = models.DateField("votée le", null=True, blank=True)

    class Meta:
        verbose_name = "enveloppe"
        constraints = [
            models.CheckConstraint(
                condition=Q(montant_ae__gt=0),
                name="enveloppe_ae_positive",
                violation_error_message="L’autorisation d’engagement est positive.",
            )
        ]
        triggers = [
            differe(
                "enveloppe_cp_egalent_ae",
                pgtrigger.Insert | pgtrigger.Update,
                _SOMME_DES_CP.format(cles="NEW.id"),
                [("ae", "numeric"), ("somme", "numeric"), ("cible", "bigint")],
            )
        ]

    def __str__(self) -> str:
        return f"Enveloppe de {self.appel}"


class CreditAnnuel(models.Model):
    """Crédits de paiement (CP) d’une année de l’enveloppe."""

    enveloppe = models.ForeignKey(Enveloppe, models.CASCADE, related_name="credits_annuels", verbose_name="enveloppe")
    annee = models.PositiveSmallIntegerField("année")
    montant_cp = models.DecimalField("crédits de paiement (€)", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "crédit annuel"
        verbose_name_plural = "crédits annuels"
        ordering = ["annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["enveloppe", "annee"],
                name="credit_annuel_unique",
                violation_error_message="Cette année a déjà ses crédits.",
            ),
            models.CheckConstraint(
                condition=Q(montant_cp__gte=0),
                name="credit_annuel_positif",
                violation_error_message="Des crédits de paiement ne sont pas négatifs.",
            ),
        ]
        triggers = [
            differe(
                "cp_egalent_ae",
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                _SOMME_DES_CP.format(cles="NEW.enveloppe_id, OLD.enveloppe_id"),
                [("ae", "numeric"), ("somme", "numeric"), ("cible", "bigint")],
            ),
            differe(
                "cp_couvrent_les_dotations",
                pgtrigger.Update | pgtrigger.Delete,
                _DERNIERE_REPARTITION + _DOTATIONS_DANS_LES_CP,
                _DECLARATIONS,
            ),
        ]

    def __str__(self) -> str:
        return f"CP {self.annee} : {self.montant_cp} €"


class Repartition(models.Model):
    """Une version de la répartition de l’enveloppe : relevé d’effectifs, méthode, unité d’arrondi, date."""

    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="repartitions", verbose_name="enveloppe")
    version = models.PositiveSmallIntegerField("version", default=1)
    releve = models.ForeignKey(ReleveEffectifs, models.PROTECT, related_name="+", verbose_name="relevé d’effectifs")
    methode = models.CharField("méthode", max_length=60, default="plus forts restes, au centime")
    unite_centimes = models.PositiveSmallIntegerField("unité d’arrondi (centimes)", default=1)
    faite_le = models.DateTimeField("faite le", auto_now_add=True)

    class Meta:
        verbose_name = "répartition"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["enveloppe", "version"],
                name="repartition_version_unique",
                violation_error_message="Cette version existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return f"Répartition, version {self.version}"


class DotationQuerySet(models.QuerySet["Dotation"]):
    def courantes(self, appel: AppelAProjets) -> Self:
        """Celles de la dernière version : votée, une répartition ne se recalcule pas, on en fait une de plus."""
        derniere = Repartition.objects.filter(enveloppe__appel=appel).order_by("-version").values("pk")[:1]
        return self.filter(repartition=derniere).select_related("repartition__releve")


class Dotation(models.Model):
    """Ce qu’une répartition donne à un territoire pour une année (euros), et le poids qui l’explique."""

    repartition = models.ForeignKey(Repartition, models.CASCADE, related_name="dotations", verbose_name="répartition")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="dotations", verbose_name="territoire")
    annee = models.PositiveSmallIntegerField("année")
    poids = models.PositiveIntegerField("allocataires")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)

    objects = DotationQuerySet.as_manager()

    class Meta:
        verbose_name = "dotation"
        constraints = [
            models.UniqueConstraint(
                fields=["repartition", "territoire", "annee"],
                name="dotation_unique",
                violation_error_message="Ce territoire a déjà une dotation pour cette année.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="dotation_positive",
                violation_error_message="Une dotation n’est pas négative.",
            ),
        ]
        triggers = [
            differe(
                "dotations_dans_les_cp",
                pgtrigger.Insert,
                f"rep := NEW.repartition_id; an := NEW.annee; {_DOTATIONS_DANS_LES_CP}",
                _DECLARATIONS,
            ),
            # Une répartition votée ne se recalcule pas : une correction est une version de plus.
            pgtrigger.Protect(name="dotation_figee", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} €"
