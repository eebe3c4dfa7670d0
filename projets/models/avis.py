"""L’avis : ce que l’instruction pense d’un projet et ce qu’elle propose. Versionné, jamais modifié."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from projets.models.projet import Projet
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.states import TONS_DES_AVIS, SensDeLAvis
from territoires.models import Territoire

AVIS_RENDU = "Un avis rendu ne se modifie ni ne s’efface : une nouvelle version le remplace."
PROPOSITION_RENDUE = "Une proposition rendue ne se modifie ni ne s’efface : une nouvelle version le remplace."


class AvisInstruction(models.Model):
    """L’avis rendu, une ligne par version : la dernière vaut, les autres restent lisibles."""

    Sens = SensDeLAvis

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="avis", verbose_name="projet")
    version = models.PositiveSmallIntegerField("version", default=1)
    sens = models.CharField("avis", max_length=11, choices=SensDeLAvis.choices)
    motif = models.TextField("motif", max_length=LONGUEUR_D_UN_MOTIF)
    conditions = models.TextField("conditions", blank=True, max_length=LONGUEUR_D_UN_MOTIF)
    rendu_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="rendu par")
    rendu_le = models.DateTimeField("rendu le", auto_now_add=True)

    class Meta:
        verbose_name = "avis de l’instruction"
        verbose_name_plural = "avis de l’instruction"
        ordering = ["projet", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "version"],
                name="avis_version_unique",
                violation_error_message="Un autre avis vient d’être rendu sur ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(sens__in=SensDeLAvis.values),
                name="avis_sens_connu",
                violation_error_message="Un avis est favorable, réservé ou défavorable.",
            ),
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S"),
                name="avis_motive",
                violation_error_message="Un avis a un motif.",
            ),
        ]
        triggers = [
            *en_ajout_seul("avis", "Les avis ne se vident pas.", refus=AVIS_RENDU),
            pgtrigger.Trigger(
                name="avis_en_instruction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("etat_projet", "text")],
                func="""
                    SELECT etat INTO etat_projet FROM projets_projet WHERE id = NEW.projet_id FOR SHARE;
                    IF etat_projet NOT IN ('recevable', 'instruit') THEN
                        RAISE EXCEPTION 'Un avis se rend sur un projet recevable, ou se révise avant le comité.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'avis_en_instruction';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Différé : les montants s’écrivent après l’avis, et se jugent ensemble.
            pgtrigger.Trigger(
                name="avis_chiffre",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM projets_exerciceprojet e WHERE e.projet_id = NEW.projet_id AND NOT EXISTS (
                            SELECT 1 FROM projets_propositionannuelle p WHERE p.avis_id = NEW.id AND p.annee = e.annee)
                    ) THEN
                        RAISE EXCEPTION 'Un avis propose un montant pour chaque année du projet.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'avis_chaque_annee';
                    END IF;
                    IF NEW.sens = 'favorable' AND NOT EXISTS (
                        SELECT 1 FROM projets_propositionannuelle p WHERE p.avis_id = NEW.id AND p.montant > 0
                    ) THEN
                        RAISE EXCEPTION 'Un avis favorable propose un montant, une année au moins.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'avis_favorable_chiffre';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"avis {self.get_sens_display()} sur le projet {self.projet_id}"

    @property
    def ton(self) -> str:
        """Le ton de l’avis à l’écran."""
        return TONS_DES_AVIS[self.sens]

    @property
    def totaux(self) -> tuple[Decimal, Decimal, Decimal]:
        """Demandé, éligible et proposé sur toutes les années, en euros. Lit `propositions` préchargées."""
        lignes, zero = self.propositions.all(), Decimal(0)
        return (
            sum((ligne.montant_demande for ligne in lignes), zero),
            sum((ligne.cout_eligible for ligne in lignes), zero),
            sum((ligne.montant for ligne in lignes), zero),
        )


class PropositionAnnuelle(models.Model):
    """Le montant proposé une année (euros), à côté de ce qui est demandé et du coût retenu comme éligible."""

    avis = models.ForeignKey(AvisInstruction, models.PROTECT, related_name="propositions", verbose_name="avis")
    annee = models.PositiveSmallIntegerField("année")
    montant = models.DecimalField("montant proposé (€)", max_digits=12, decimal_places=2)
    montant_demande = models.DecimalField("montant demandé (€)", max_digits=12, decimal_places=2)
    cout_eligible = models.DecimalField("coût éligible (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "proposition d’une année"
        verbose_name_plural = "propositions par année"
        ordering = ["avis", "annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["avis", "annee"],
                name="proposition_une_par_annee",
                violation_error_message="Cette année a déjà sa proposition.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0, montant__lte=F("montant_demande")),
                name="proposition_au_plus_demande",
                violation_error_message="Le montant proposé ne dépasse pas le montant demandé.",
            ),
            models.CheckConstraint(
                condition=Q(montant__lte=F("cout_eligible")),
                name="proposition_au_plus_eligible",
                violation_error_message="Le montant proposé ne dépasse pas le coût éligible.",
            ),
        ]
        triggers = [
            *en_ajout_seul("proposition", "Les propositions ne se vident pas.", refus=PROPOSITION_RENDUE),
            pgtrigger.Trigger(
                name="proposition_du_budget",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("cout_depose", "numeric"), ("demande", "numeric"), ("sens_de_l_avis", "text")],
                func="""
                    SELECT e.cout, e.montant_demande, a.sens INTO cout_depose, demande, sens_de_l_avis
                      FROM projets_avisinstruction a JOIN projets_exerciceprojet e ON e.projet_id = a.projet_id
                     WHERE a.id = NEW.avis_id AND e.annee = NEW.annee;
                    IF demande IS NULL OR NEW.montant_demande <> demande THEN
                        RAISE EXCEPTION 'Le montant demandé est celui du budget déposé pour cette année.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposition_demande_deposee';
                    END IF;
                    IF NEW.cout_eligible > cout_depose THEN
                        RAISE EXCEPTION 'Le coût éligible ne dépasse pas le coût de l’année.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposition_cout_depose';
                    END IF;
                    IF sens_de_l_avis = 'defavorable' AND NEW.montant > 0 THEN
                        RAISE EXCEPTION 'Un avis défavorable ne propose aucun montant.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'proposition_defavorable_nulle';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} € proposés sur {self.montant_demande} €"


class AvisAssocie(models.Model):
    """L’avis consultatif d’un instructeur d’un autre territoire du projet ; versionné comme l’autre."""

    Sens = SensDeLAvis

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="avis_associes", verbose_name="projet")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="avis_associes", verbose_name="territoire")
    instructeur = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="instructeur")
    version = models.PositiveSmallIntegerField("version", default=1)
    sens = models.CharField("avis", max_length=11, choices=SensDeLAvis.choices)
    motif = models.TextField("motif", max_length=LONGUEUR_D_UN_MOTIF)
    rendu_le = models.DateTimeField("rendu le", auto_now_add=True)

    class Meta:
        verbose_name = "avis d’un territoire associé"
        verbose_name_plural = "avis des territoires associés"
        ordering = ["projet", "territoire", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "territoire", "version"],
                name="avis_associe_version_unique",
                violation_error_message="Un autre avis vient d’être rendu pour ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(sens__in=SensDeLAvis.values),
                name="avis_associe_sens_connu",
                violation_error_message="Un avis est favorable, réservé ou défavorable.",
            ),
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S"),
                name="avis_associe_motive",
                violation_error_message="Un avis a un motif.",
            ),
        ]
        triggers = [
            *en_ajout_seul("avis_associe", "Les avis ne se vident pas.", refus=AVIS_RENDU),
            pgtrigger.Trigger(
                name="avis_associe_d_un_territoire",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM projets_partprojet
                                    WHERE projet_id = NEW.projet_id AND territoire_id = NEW.territoire_id) THEN
                        RAISE EXCEPTION 'L’avis vient d’un territoire du projet.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'avis_associe_d_un_territoire';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"avis associé {self.get_sens_display()} sur le projet {self.projet_id}"

    @property
    def ton(self) -> str:
        """Le ton de l’avis à l’écran."""
        return TONS_DES_AVIS[self.sens]
