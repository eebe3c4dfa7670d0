"""Le budget déposé, ligne par ligne et année par année (Cerfa 12156, plan comptable associatif)."""

import pgtrigger
from django.db import models
from django.db.models import Q

from projets.models.projet import Projet


class Cote(models.TextChoices):
    """Les quatre côtés du budget : charges et produits, contributions volontaires (comptes 86 et 87) à part."""

    CHARGE = "charge", "charges"
    PRODUIT = "produit", "produits"
    CHARGE_NATURE = "charge_nature", "emplois des contributions volontaires"
    PRODUIT_NATURE = "produit_nature", "contributions volontaires"


class LigneBudget(models.Model):
    """Un montant (euros) d’un compte, une année. `rang` distingue les financeurs d’un même compte."""

    Cote = Cote

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="lignes_budget", verbose_name="projet")
    annee = models.PositiveSmallIntegerField("année")
    cote = models.CharField("côté", max_length=15, choices=Cote.choices)
    compte = models.CharField("compte", max_length=12)
    rang = models.PositiveSmallIntegerField("rang", default=0)
    precision = models.CharField("précision", max_length=120, blank=True)
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        ordering = ["projet", "annee", "cote", "compte", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "annee", "cote", "compte", "rang"],
                name="ligne_budget_unique",
                violation_error_message="Ce compte figure déjà au budget de cette année.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="ligne_budget_positive",
                violation_error_message="Une ligne de budget est d’un montant positif.",
            ),
            models.CheckConstraint(
                condition=Q(cote__in=Cote.values),
                name="ligne_budget_cote_connu",
                violation_error_message="Une ligne est une charge ou un produit.",
            ),
        ]
        triggers = [
            # Différé : l’équilibre se juge à la fin de la transaction, quand toutes les lignes sont écrites.
            pgtrigger.Trigger(
                name="budget_equilibre",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                declare=[("cible", "bigint"), ("fautive", "record")],
                func="""
                    FOR cible IN SELECT DISTINCT x FROM unnest(ARRAY[NEW.projet_id, OLD.projet_id]) AS x LOOP
                        SELECT annee, cote LIKE '%nature' AS en_nature,
                               sum(montant) FILTER (WHERE cote LIKE 'charge%') AS charges,
                               sum(montant) FILTER (WHERE cote LIKE 'produit%') AS produits
                          INTO fautive
                          FROM projets_lignebudget WHERE projet_id = cible
                         GROUP BY 1, 2
                        HAVING coalesce(sum(montant) FILTER (WHERE cote LIKE 'charge%'), 0)
                            <> coalesce(sum(montant) FILTER (WHERE cote LIKE 'produit%'), 0)
                         LIMIT 1;
                        IF FOUND THEN
                            RAISE EXCEPTION 'Budget % : les charges (% €) et les produits (% €) ne sont pas égaux.',
                                fautive.annee, coalesce(fautive.charges, 0), coalesce(fautive.produits, 0)
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_equilibre';
                        END IF;
                    END LOOP;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.annee}, {self.compte} : {self.montant} €"
