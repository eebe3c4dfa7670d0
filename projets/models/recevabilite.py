"""La recevabilité : les points que l’appel vérifie, la réponse de chaque projet, et l’irrecevabilité prononcée."""

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from comptes.models import Personne
from projets.models.appel import AppelAProjets
from projets.models.declencheurs import fige_une_fois_publie
from projets.models.fichiers import chemin_de_la_lettre
from projets.models.projet import Projet
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.states import ReponseDeRecevabilite

LONGUEUR_D_UNE_PRECISION = 1000


class PointDeRecevabilite(models.Model):
    """Ce que l’instruction vérifie de tout projet de l’appel avant de l’étudier. Figé avec l’appel publié."""

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="points_de_recevabilite", verbose_name="appel à projets"
    )
    ordre = models.PositiveSmallIntegerField("ordre")
    intitule = models.CharField("intitulé", max_length=200)
    aide = models.TextField("aide", blank=True)
    est_obligatoire = models.BooleanField(
        "obligatoire", default=True, help_text="Sans réponse, le projet ne peut pas être déclaré recevable."
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "point de recevabilité"
        verbose_name_plural = "points de recevabilité"
        ordering = ["appel", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "ordre"],
                name="point_de_recevabilite_ordre_unique",
                violation_error_message="Deux points de cet appel ont le même rang.",
            )
        ]
        triggers = [fige_une_fois_publie("pointderecevabilite", ["appel_id", "ordre", "est_obligatoire"])]

    def __str__(self) -> str:
        return self.intitule

    @staticmethod
    def du_projet(projet: Projet) -> "models.QuerySet[PointDeRecevabilite]":
        """Ceux de son appel, dans l’ordre. `controle` : sa réponse et qui l’a donnée ; absent s’il n’y en a pas."""
        sien = models.FilteredRelation("controles", condition=Q(controles__projet=projet))
        points = PointDeRecevabilite.objects.filter(appel=projet.appel_id).annotate(controle=sien)
        # django-stubs ignore qu’une relation filtrée se joint.
        return points.select_related("controle__par").order_by("ordre")  # type: ignore[misc]


class ControleDeRecevabilite(models.Model):
    """La réponse à un point pour un projet : la dernière ; les précédentes sont au journal."""

    Reponse = ReponseDeRecevabilite

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="controles", verbose_name="projet")
    point = models.ForeignKey(
        PointDeRecevabilite, models.PROTECT, related_name="controles", verbose_name="point de recevabilité"
    )
    reponse = models.CharField("réponse", max_length=10, choices=ReponseDeRecevabilite.choices)
    precision = models.TextField("précision", blank=True, max_length=LONGUEUR_D_UNE_PRECISION)
    par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="répondu par")
    le = models.DateTimeField("répondu le")

    class Meta:
        verbose_name = "contrôle de recevabilité"
        verbose_name_plural = "contrôles de recevabilité"
        ordering = ["projet", "point__ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "point"],
                name="controle_de_recevabilite_unique",
                violation_error_message="Ce point a déjà une réponse pour ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(reponse__in=ReponseDeRecevabilite.values),
                name="controle_de_recevabilite_reponse_connue",
                violation_error_message="La réponse est « oui », « non » ou « sans objet ».",
            ),
            models.CheckConstraint(
                condition=~Q(reponse=ReponseDeRecevabilite.NON) | ~Q(precision=""),
                name="controle_de_recevabilite_non_precise",
                violation_error_message="Dites ce qui ne convient pas.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="controle_de_recevabilite_du_meme_appel",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("projet_id", "point_id"),  # type: ignore[no-untyped-call]
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM projets_projet p
                        JOIN projets_pointderecevabilite r ON r.appel_id = p.appel_id
                        WHERE p.id = NEW.projet_id AND r.id = NEW.point_id
                    ) THEN
                        RAISE EXCEPTION 'Le point de recevabilité est un point de l’appel du projet.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'controle_de_recevabilite_du_meme_appel';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.point_id} : {self.get_reponse_display()}"


class Irrecevabilite(models.Model):
    """Une irrecevabilité prononcée, son motif et ce que sa lettre dit, figés. Levée, elle reste.

    `contenu` : tout ce que la lettre porte, au jour où elle est prononcée ; `fichier` : la lettre en PDF, produite
    hors de la requête ; `completable_jusqu_au` : le dernier jour où le porteur peut reprendre son projet, s’il y en a.
    """

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="irrecevabilites", verbose_name="projet")
    motif = models.TextField("motif", max_length=LONGUEUR_D_UN_MOTIF)
    contenu = models.JSONField("contenu de la lettre", encoder=DjangoJSONEncoder)
    prononcee_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="prononcée par")
    prononcee_le = models.DateTimeField("prononcée le")
    completable_jusqu_au = models.DateField("peut se compléter jusqu’au", null=True, blank=True)
    fichier = models.FileField("lettre", upload_to=chemin_de_la_lettre, max_length=120, blank=True)
    empreinte = models.CharField("empreinte", max_length=64, blank=True)
    levee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="levée par"
    )
    levee_le = models.DateTimeField("levée le", null=True, blank=True)
    motif_de_la_levee = models.TextField("motif de la levée", blank=True, max_length=LONGUEUR_D_UN_MOTIF)

    class Meta:
        verbose_name = "irrecevabilité"
        verbose_name_plural = "irrecevabilités"
        ordering = ["prononcee_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet"],
                condition=Q(levee_le__isnull=True),
                name="irrecevabilite_unique",
                violation_error_message="Ce projet est déjà irrecevable.",
            ),
            models.CheckConstraint(
                condition=~Q(motif=""),
                name="irrecevabilite_motivee",
                violation_error_message="Dites pourquoi le projet est irrecevable.",
            ),
            models.CheckConstraint(
                condition=Q(completable_jusqu_au__isnull=True)
                | Q(completable_jusqu_au__gt=TruncDate(F("prononcee_le"))),
                name="irrecevabilite_delai_a_venir",
                violation_error_message="Le délai pour compléter finit un jour à venir.",
            ),
            models.CheckConstraint(
                condition=Q(levee_le__isnull=True, levee_par__isnull=True, motif_de_la_levee="")
                | (Q(levee_le__isnull=False, levee_par__isnull=False) & ~Q(motif_de_la_levee="")),
                name="irrecevabilite_levee_motivee",
                violation_error_message="Une irrecevabilité se lève avec un auteur, un instant et un motif.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="irrecevabilite_gardee", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="irrecevabilite_figee",
                fields=["projet", "motif", "contenu", "prononcee_par", "prononcee_le", "completable_jusqu_au"],
            ),
        ]

    def __str__(self) -> str:
        return f"irrecevabilité du projet {self.projet_id}"

    @property
    def est_completable(self) -> bool:
        """Le porteur peut encore reprendre son projet."""
        jour = self.completable_jusqu_au
        return self.levee_le is None and jour is not None and jour >= timezone.localdate()


def contenu_de_la_lettre(
    projet: Projet, *, auteur: Personne, motif: str, instant: datetime, completable_jusqu_au: date | None = None
) -> dict[str, Any]:
    """Ce que la lettre d’irrecevabilité porte, en JSON : rien n’y change si l’appel ou l’organisme change ensuite."""
    appel, organisme = projet.appel, projet.organisme
    refuses = projet.controles.filter(reponse=ReponseDeRecevabilite.NON).select_related("point")
    return {
        "reference": projet.reference,
        "intitule": projet.intitule,
        "depose_le": timezone.localdate(projet.depose_le).isoformat() if projet.depose_le else "",
        "prononcee_le": timezone.localdate(instant).isoformat(),
        "motif": motif,
        "completable_jusqu_au": completable_jusqu_au.isoformat() if completable_jusqu_au else "",
        "points": [{"intitule": c.point.intitule, "precision": c.precision} for c in refuses],
        "agent": {"nom": str(auteur), "qualite": auteur.get_role_display(), "courriel": auteur.email},
        "appel": {
            "intitule": appel.intitule,
            "service": appel.service,
            "service_adresse": appel.service_adresse,
            "service_telephone": appel.service_telephone,
            "contact": appel.contact,
            "tribunal": appel.tribunal,
        },
        "organisme": {
            "nom": organisme.nom,
            "adresse": organisme.adresse,
            "commune": str(organisme.commune or ""),
            "representant": ", ".join(filter(None, [organisme.representant_nom, organisme.representant_qualite])),
        },
    }
