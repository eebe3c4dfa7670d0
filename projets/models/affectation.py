"""Qui instruit quel projet, qui s’en écarte, qui est absent, et ce que chacun garde de sa file."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from comptes.models import Personne
from projets.states import Qualite
from territoires.models import Territoire


class AffectationQuerySet(models.QuerySet["Affectation"]):
    def actives(self) -> Self:
        """Celles qui n’ont pas pris fin."""
        return self.filter(fin__isnull=True)

    def suivies_par(self, personne: Personne, jour: date) -> Self:
        """Les siennes, et celles des absents qu’elle remplace ce jour-là."""
        absents = Absence.objects.en_cours(jour).filter(remplacant=personne).values("personne")
        return self.actives().filter(Q(instructeur=personne) | Q(instructeur__in=absents))


class Affectation(models.Model):
    """Un instructeur suit un projet. `territoire` : celui au titre duquel il le suit ; vide, le projet entier."""

    projet = models.ForeignKey("projets.Projet", models.CASCADE, related_name="affectations", verbose_name="projet")
    instructeur = models.ForeignKey(Personne, models.PROTECT, related_name="affectations", verbose_name="instructeur")
    qualite = models.CharField("qualité", max_length=15, choices=Qualite.choices, default=Qualite.CHEF_DE_FILE)
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="territoire"
    )
    affecte_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="affecté par"
    )
    depuis = models.DateTimeField("depuis", default=timezone.now)
    fin = models.DateTimeField("fin", null=True, blank=True)
    motif_de_fin = models.CharField("motif de fin", max_length=300, blank=True)

    objects = AffectationQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        ordering = ["projet", "-qualite", "depuis", "pk"]
        indexes = [
            models.Index(fields=["instructeur"], condition=Q(fin__isnull=True), name="affectation_en_cours"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["projet"],
                condition=Q(fin__isnull=True, qualite=Qualite.CHEF_DE_FILE),
                name="affectation_un_chef_de_file",
                violation_error_message="Ce projet a déjà un chef de file.",
            ),
            models.UniqueConstraint(
                fields=["projet", "instructeur"],
                condition=Q(fin__isnull=True),
                name="affectation_une_par_personne",
                violation_error_message="Cette personne suit déjà ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(qualite__in=Qualite.values),
                name="affectation_qualite_connue",
                violation_error_message="On suit un projet comme chef de file ou comme associé.",
            ),
            models.CheckConstraint(
                condition=Q(fin__isnull=True, motif_de_fin="")
                | Q(fin__isnull=False, fin__gte=F("depuis")) & ~Q(motif_de_fin=""),
                name="affectation_finie_avec_un_motif",
                violation_error_message="Une affectation finit après avoir commencé, et pour un motif écrit.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="affectation_sans_deport",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("projet_id", "instructeur_id", "fin"),  # type: ignore[no-untyped-call]
                func="""
                    IF NEW.fin IS NULL AND EXISTS (
                        SELECT 1 FROM projets_deport
                        WHERE projet_id = NEW.projet_id AND personne_id = NEW.instructeur_id AND leve_le IS NULL
                    ) THEN
                        RAISE EXCEPTION 'Cette personne s’est déportée de ce projet.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'affectation_sans_deport';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.instructeur}, {self.get_qualite_display()} du projet {self.projet_id}"


class DeportQuerySet(models.QuerySet["Deport"]):
    def en_cours(self) -> Self:
        """Ceux que personne n’a levés."""
        return self.filter(leve_le__isnull=True)


class Deport(models.Model):
    """Une personne a un intérêt dans un projet et s’en écarte : il lui est fermé partout (CGFP, art. L121-5)."""

    projet = models.ForeignKey("projets.Projet", models.PROTECT, related_name="deports", verbose_name="projet")
    personne = models.ForeignKey(Personne, models.PROTECT, related_name="deports", verbose_name="personne")
    motif = models.CharField("motif", max_length=300)
    declare_le = models.DateTimeField("déclaré le", default=timezone.now)
    leve_le = models.DateTimeField("levé le", null=True, blank=True)
    leve_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="levé par"
    )
    motif_de_levee = models.CharField("motif de la levée", max_length=300, blank=True)

    objects = DeportQuerySet.as_manager()

    class Meta:
        verbose_name = "déport"
        ordering = ["declare_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "personne"],
                condition=Q(leve_le__isnull=True),
                name="deport_un_par_personne",
                violation_error_message="Cette personne s’est déjà déportée de ce projet.",
            ),
            models.CheckConstraint(
                condition=~Q(motif=""),
                name="deport_motif_dit",
                violation_error_message="Dites pourquoi vous vous déportez.",
            ),
            models.CheckConstraint(
                condition=Q(leve_le__isnull=True, leve_par__isnull=True, motif_de_levee="")
                | Q(leve_le__isnull=False, leve_le__gte=F("declare_le"), leve_par__isnull=False)
                & ~Q(motif_de_levee=""),
                name="deport_leve_par_quelqu_un",
                violation_error_message="La levée d’un déport a un auteur et un motif.",
            ),
            models.CheckConstraint(
                condition=Q(leve_par__isnull=True) | ~Q(leve_par=F("personne")),
                name="deport_leve_par_autrui",
                violation_error_message="On ne lève pas son propre déport.",
            ),
        ]

    def __str__(self) -> str:
        return f"déport de {self.personne} sur le projet {self.projet_id}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def en_cours(self, jour: date) -> Self:
        """Celles qui couvrent ce jour."""
        return self.filter(du__lte=jour, au__gte=jour)


class Absence(models.Model):
    """Une personne est absente du premier au dernier jour, compris ; son remplaçant suit ses projets ces jours-là."""

    personne = models.ForeignKey(Personne, models.PROTECT, related_name="absences", verbose_name="personne")
    du = models.DateField("premier jour")
    au = models.DateField("dernier jour")
    remplacant = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="remplacements", verbose_name="remplaçant"
    )
    motif = models.CharField("motif", max_length=100, blank=True, help_text="sans rien de médical")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "absence"
        ordering = ["du", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(au__gte=F("du")),
                name="absence_jours_ordonnes",
                violation_error_message="Le dernier jour ne précède pas le premier.",
            ),
            models.CheckConstraint(
                condition=Q(remplacant__isnull=True) | ~Q(remplacant=F("personne")),
                name="absence_remplacee_par_autrui",
                violation_error_message="On ne se remplace pas soi-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"absence de {self.personne} du {self.du:%d/%m/%Y} au {self.au:%d/%m/%Y}"


class VueEnregistree(models.Model):
    """Une présentation de la file : filtres et tri (`parametres`, comme dans l’adresse), colonnes (leurs clés).

    Sans nom : la dernière qu’a choisie la personne, celle que la file reprend.
    """

    personne = models.ForeignKey(Personne, models.CASCADE, related_name="vues", verbose_name="personne")
    nom = models.CharField("nom", max_length=80, blank=True)
    parametres = models.TextField("filtres et tri", max_length=1000, blank=True)
    colonnes = models.TextField("colonnes", max_length=300, blank=True)

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["personne", "nom"],
                name="vue_nom_unique",
                violation_error_message="Vous avez déjà une vue de ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom or "dernière présentation"
