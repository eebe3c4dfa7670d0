"""La répartition de l’enveloppe, version par version : dotations des territoires, des axes, et réserve."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from financements.models.declencheurs import differe
from financements.models.enveloppe import DANS_LES_CP, VARIABLES_DES_CP, Enveloppe
from projets.models import AppelAProjets, Axe
from territoires.models import ReleveEffectifs, Territoire
from territoires.rules.plus_forts_restes import VERSION_ALGORITHME

_FIGEE = "Une répartition validée ne change pas : une correction est une nouvelle version."
_TIENT_DANS_LES_CP = f"rep := NEW.repartition_id; an := NEW.annee; {DANS_LES_CP}"
_AXE_DE_L_APPEL = """
    IF NOT EXISTS (SELECT 1 FROM financements_repartition r JOIN financements_enveloppe e ON e.id = r.enveloppe_id
                     JOIN projets_axe x ON x.appel_id = e.appel_id
                    WHERE r.id = NEW.repartition_id AND x.id = NEW.axe_id) THEN
        RAISE EXCEPTION 'L’axe n’est pas un axe de l’appel de l’enveloppe.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dotation_axe_de_l_appel';
    END IF;
    RETURN NEW;
"""


class Repartition(models.Model):
    """Une version de la répartition de l’enveloppe, figée dès qu’elle est écrite.

    `parametres` : ce qui a été choisi (réserve, bornes, convergence, axes), relu par le calcul qui l’a faite.
    `empreinte` : SHA-256 de tout ce qui la fait, recalculable depuis la base ; vide pour une version ancienne.
    """

    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="repartitions", verbose_name="enveloppe")
    version = models.PositiveSmallIntegerField("version", default=1)
    releve = models.ForeignKey(ReleveEffectifs, models.PROTECT, related_name="+", verbose_name="relevé d’effectifs")
    methode = models.CharField("méthode", max_length=200, default="plus forts restes, au centime")
    unite_centimes = models.PositiveSmallIntegerField("unité d’arrondi (centimes)", default=1)
    parametres = models.JSONField("paramètres", default=dict)
    algorithme = models.CharField("version de l’algorithme", max_length=60, default=VERSION_ALGORITHME)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    motif = models.TextField("motif", blank=True)
    faite_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="faite par"
    )
    faite_le = models.DateTimeField("faite le", auto_now_add=True)

    class Meta:
        verbose_name = "répartition"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["enveloppe", "version"],
                name="repartition_version_unique",
                violation_error_message="Cette version existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(unite_centimes__gt=0),
                name="repartition_unite_positive",
                violation_error_message="L’unité d’arrondi est positive.",
            ),
        ]
        triggers = en_ajout_seul("repartition", "Les répartitions ne se vident pas.", refus=_FIGEE)

    def __str__(self) -> str:
        return f"Répartition, version {self.version}"

    @property
    def est_au_prorata_simple(self) -> bool:
        """Vrai si tout est réparti au centime, aux seuls effectifs : ni réserve, ni bornes, ni convergence."""
        lus = self.parametres
        sans_bornes = all(lus.get(cle) is None for cle in ("perte", "gain", "duree"))
        est_prorata = lus.get("nature", "prorata") == "prorata" and not lus.get("reserves")
        return self.unite_centimes == 1 and est_prorata and sans_bornes


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
            differe("dotations_dans_les_cp", pgtrigger.Insert, _TIENT_DANS_LES_CP, VARIABLES_DES_CP),
            # Une répartition votée ne se recalcule pas : une correction est une version de plus.
            pgtrigger.Protect(name="dotation_figee", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} €"


class DotationAxe(models.Model):
    """Ce qu’une répartition réserve à un axe pour une année (euros), tous territoires : facultatif.

    Un axe sans dotation n’a pas de plafond à lui.
    """

    repartition = models.ForeignKey(
        Repartition, models.CASCADE, related_name="dotations_axes", verbose_name="répartition"
    )
    axe = models.ForeignKey(Axe, models.PROTECT, related_name="dotations", verbose_name="axe")
    annee = models.PositiveSmallIntegerField("année")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "dotation d’axe"
        verbose_name_plural = "dotations d’axe"
        constraints = [
            models.UniqueConstraint(
                fields=["repartition", "axe", "annee"],
                name="dotation_axe_unique",
                violation_error_message="Cet axe a déjà une dotation pour cette année.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="dotation_axe_positive",
                violation_error_message="Une dotation d’axe n’est pas négative.",
            ),
        ]
        triggers = [
            differe("dotations_axe_dans_les_cp", pgtrigger.Insert, _TIENT_DANS_LES_CP, VARIABLES_DES_CP),
            pgtrigger.Trigger(
                name="dotation_axe_de_l_appel", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_AXE_DE_L_APPEL
            ),
            *en_ajout_seul("dotation_axe", "Les dotations d’axe ne se vident pas.", refus=_FIGEE),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} €"


class ReserveAnnuelle(models.Model):
    """Ce qu’une répartition garde hors des territoires pour une année (euros)."""

    repartition = models.ForeignKey(Repartition, models.CASCADE, related_name="reserves", verbose_name="répartition")
    annee = models.PositiveSmallIntegerField("année")
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "réserve"
        constraints = [
            models.UniqueConstraint(
                fields=["repartition", "annee"],
                name="reserve_unique",
                violation_error_message="Cette année a déjà sa réserve.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="reserve_positive",
                violation_error_message="Une réserve n’est pas négative.",
            ),
        ]
        triggers = [
            differe("reserve_dans_les_cp", pgtrigger.Insert, _TIENT_DANS_LES_CP, VARIABLES_DES_CP),
            *en_ajout_seul("reserve", "Les réserves ne se vident pas.", refus=_FIGEE),
        ]

    def __str__(self) -> str:
        return f"Réserve {self.annee} : {self.montant} €"
