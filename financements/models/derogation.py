"""La dérogation : un pilote signe le dépassement d’une enveloppe, avec un motif et une source de financement."""

import pgtrigger
from django.db import models
from django.db.models import Q

from comptes.models import Personne
from financements.models.scenario import Scenario

LONGUEUR = 2000


class Derogation(models.Model):
    """Ce qui dépasse, pourquoi, et qui paie. Elle vaut pour une adoption ; revenir sur celle-ci la lève.

    `depassements` : une liste de [libellé de l’enveloppe, année, centimes].
    """

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="derogations", verbose_name="scénario")
    motif = models.TextField("motif", max_length=LONGUEUR)
    source = models.TextField("source de financement", max_length=LONGUEUR)
    depassements = models.JSONField("dépassements")
    signee_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="signée par")
    signee_le = models.DateTimeField("signée le", auto_now_add=True)
    levee_le = models.DateTimeField("levée le", null=True, blank=True)

    class Meta:
        verbose_name = "dérogation"
        ordering = ["-signee_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S", source__regex=r"\S"),
                name="derogation_motivee",
                violation_error_message="Une dérogation a un motif et une source de financement.",
            ),
            models.UniqueConstraint(
                fields=["scenario"],
                condition=Q(levee_le__isnull=True),
                name="derogation_une_seule",
                violation_error_message="Ce scénario a déjà une dérogation.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="derogation_ne_s_efface_pas", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="derogation_signee",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.levee_le IS NOT NULL
                       OR (NEW.scenario_id, NEW.motif, NEW.source, NEW.depassements, NEW.signee_par_id, NEW.signee_le)
                       IS DISTINCT FROM
                       (OLD.scenario_id, OLD.motif, OLD.source, OLD.depassements, OLD.signee_par_id, OLD.signee_le)
                    THEN
                        RAISE EXCEPTION 'Une dérogation signée ne change pas.'
                            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'derogation_signee';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Dérogation de {self.scenario}"
