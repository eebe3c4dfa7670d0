"""Ce que l’on demande hors de l’application : l’avis d’une personne sans compte, les motifs d’une décision."""

from datetime import datetime, time
from typing import Self

import pgtrigger
from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from comptes.models import Document, Personne
from projets.models.projet import Projet
from projets.states import NOTABLES, TONS_DES_AVIS, SensDeLAvis

LONGUEUR_D_UN_TEXTE = 5000
SEL = "projets.avis_externe"


class AvisExterneQuerySet(models.QuerySet["AvisExterne"]):
    def en_attente(self) -> Self:
        """Ceux que l’on attend : ni retirés, ni répondus, ni expirés, d’un projet encore en instruction."""
        sans_reponse = self.filter(retire_le__isnull=True, repondu_le__isnull=True, projet__etat__in=NOTABLES)
        return sans_reponse.filter(echeance__gte=timezone.localdate())

    def du_jeton(self, jeton: str) -> "AvisExterne | None":
        """L’avis que désigne ce jeton, quel que soit son état ; None si la signature est fausse."""
        try:
            pk = signing.loads(jeton, salt=SEL)
        except signing.BadSignature:
            return None
        return self.select_related("projet__organisme", "projet__appel", "demande_par").filter(pk=pk).first()


class AvisExterne(models.Model):
    """Une question à une personne sans compte. Le lien, signé, sert une fois, jusqu’à l’échéance, et se retire.

    Elle ne voit que ce que l’instructeur partage : l’intitulé, l’organisme, le résumé, des documents choisis.
    """

    Sens = SensDeLAvis

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="avis_externes", verbose_name="projet")
    nom = models.CharField("nom de la personne", max_length=120)
    email = models.EmailField("adresse électronique")
    question = models.TextField("question", max_length=LONGUEUR_D_UN_TEXTE)
    echeance = models.DateField("à rendre au plus tard le")
    montre_intitule = models.BooleanField("montrer l’intitulé du projet", default=True)
    montre_organisme = models.BooleanField("montrer le nom de l’organisme", default=False)
    montre_resume = models.BooleanField("montrer les objectifs et la description", default=False)
    documents = models.ManyToManyField(Document, related_name="+", blank=True, verbose_name="documents partagés")
    demande_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="demandé par")
    demande_le = models.DateTimeField("demandé le", auto_now_add=True)
    relance_le = models.DateTimeField("relancé le", null=True, blank=True)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)
    sens = models.CharField("avis", max_length=11, choices=SensDeLAvis.choices, blank=True)
    reponse = models.TextField("réponse", max_length=LONGUEUR_D_UN_TEXTE, blank=True)

    objects = AvisExterneQuerySet.as_manager()

    class Meta:
        verbose_name = "avis extérieur"
        verbose_name_plural = "avis extérieurs"
        ordering = ["projet", "demande_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "email"],
                condition=Q(retire_le__isnull=True, repondu_le__isnull=True),
                name="avis_externe_un_par_adresse",
                violation_error_message="Un avis est déjà demandé à cette adresse : retirez d’abord la demande.",
            ),
            models.CheckConstraint(
                condition=Q(question__regex=r"\S") & ~Q(nom=""),
                name="avis_externe_question_posee",
                violation_error_message="Dites à qui, et posez une question.",
            ),
            models.CheckConstraint(
                condition=Q(echeance__gte=TruncDate("demande_le")),
                name="avis_externe_a_venir",
                violation_error_message="L’échéance est un jour à venir.",
            ),
            models.CheckConstraint(
                condition=Q(repondu_le__isnull=True, sens="", reponse="")
                | Q(
                    repondu_le__isnull=False, sens__in=SensDeLAvis.values, reponse__regex=r"\S", retire_le__isnull=True
                ),
                name="avis_externe_repondu_entier",
                violation_error_message="Une réponse a un sens et un texte, et ne vient pas d’une demande retirée.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="avis_externe_fige",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' OR OLD.repondu_le IS NOT NULL THEN
                        RAISE EXCEPTION 'Un avis extérieur rendu ne se modifie ni ne s’efface.'
                            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'avis_externe_fige';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"avis de {self.nom} sur le projet {self.projet_id}"

    @property
    def expire_le(self) -> datetime:
        """L’instant où le lien cesse de servir : la fin du jour de l’échéance."""
        return timezone.make_aware(datetime.combine(self.echeance, time.max))

    @property
    def est_ouvert(self) -> bool:
        """Peut encore recevoir sa réponse : le projet est en instruction, l’échéance n’est pas passée."""
        est_attendu = self.retire_le is None and self.repondu_le is None and self.projet.etat in NOTABLES
        return est_attendu and timezone.now() <= self.expire_le

    @property
    def situation(self) -> str:
        """« rendu », « retiré », « clos » (le projet n’est plus en instruction), « expiré » ou « attendu »."""
        if self.repondu_le:
            return "rendu"
        if self.retire_le:
            return "retiré"
        if self.projet.etat not in NOTABLES:
            return "clos"
        return "attendu" if self.est_ouvert else "expiré"

    @property
    def ton(self) -> str:
        """Le ton à l’écran : celui de la réponse, ou de l’attente."""
        return TONS_DES_AVIS.get(self.sens, "attente" if self.est_ouvert else "")

    @property
    def jeton(self) -> str:
        """Ce que porte le lien du courriel : l’identifiant, signé. Ni le journal ni la base ne le gardent."""
        return signing.dumps(self.pk, salt=SEL)


class DemandeDeMotifs(models.Model):
    """Après la décision, le porteur demande les motifs ; le service les communique (CRPA L311-2, L232-4)."""

    projet = models.OneToOneField(Projet, models.PROTECT, related_name="demande_de_motifs", verbose_name="projet")
    demandee_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="demandée par")
    demandee_le = models.DateTimeField("demandée le", auto_now_add=True)
    communiquee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="communiquée par"
    )
    communiquee_le = models.DateTimeField("communiquée le", null=True, blank=True)

    class Meta:
        verbose_name = "demande de motifs"
        verbose_name_plural = "demandes de motifs"
        constraints = [
            models.CheckConstraint(
                condition=Q(communiquee_le__isnull=True, communiquee_par__isnull=True)
                | Q(communiquee_le__isnull=False, communiquee_par__isnull=False),
                name="demande_de_motifs_communiquee_par",
                violation_error_message="Une communication a une date et un auteur.",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="demande_de_motifs_apres_decision",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM projets_projet
                                    WHERE id = NEW.projet_id AND etat IN ('retenu', 'non_retenu')) THEN
                        RAISE EXCEPTION 'Les motifs se communiquent une fois la décision prise.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'demande_de_motifs_apres_decision';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"motifs demandés sur le projet {self.projet_id}"
