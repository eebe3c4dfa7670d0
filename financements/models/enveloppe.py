"""L’enveloppe de l’appel (AE) et ses crédits par année (CP)."""

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.declencheurs import differe
from financements.models.declencheurs_de_l_execution import ae_couvre_les_affectations, cp_couvrent_les_versements
from projets.models import AppelAProjets

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
# Une année ne distribue pas plus que ses crédits de paiement : territoires et réserve d’une part, axes et réserve de
# l’autre, puisque les axes partagent le même argent autrement.
DANS_LES_CP = """
    SELECT r.enveloppe_id INTO env FROM financements_repartition r WHERE r.id = rep;
    SELECT c.montant_cp INTO cp FROM financements_creditannuel c WHERE c.enveloppe_id = env AND c.annee = an;
    SELECT COALESCE(sum(m.montant), 0) INTO reserve FROM financements_reserveannuelle m
      WHERE m.repartition_id = rep AND m.annee = an;
    SELECT COALESCE(sum(d.montant), 0) + reserve INTO somme FROM financements_dotation d
      WHERE d.repartition_id = rep AND d.annee = an;
    IF somme > COALESCE(cp, 0) THEN
        RAISE EXCEPTION 'Les dotations et la réserve de % (% €) dépassent les crédits de paiement (% €).', an, somme,
            COALESCE(cp, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dotations_dans_les_cp';
    END IF;
    SELECT COALESCE(sum(x.montant), 0) + reserve INTO somme FROM financements_dotationaxe x
      WHERE x.repartition_id = rep AND x.annee = an;
    IF somme > COALESCE(cp, 0) THEN
        RAISE EXCEPTION 'Les dotations d’axe et la réserve de % (% €) dépassent les crédits de paiement (% €).', an,
            somme, COALESCE(cp, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'axes_dans_les_cp';
    END IF;
    RETURN NULL;
"""
VARIABLES_DES_CP = [
    ("rep", "bigint"),
    ("an", "int"),
    ("env", "bigint"),
    ("somme", "numeric"),
    ("reserve", "numeric"),
    ("cp", "numeric"),
]


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
            ),
            ae_couvre_les_affectations(),
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
                _DERNIERE_REPARTITION + DANS_LES_CP,
                VARIABLES_DES_CP,
            ),
            *cp_couvrent_les_versements(),
        ]

    def __str__(self) -> str:
        return f"CP {self.annee} : {self.montant_cp} €"
