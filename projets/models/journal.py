"""Le journal d’un projet, et les exports en PDF qu’on en demande."""

from typing import Self

from django.db import models
from django.db.models import Q

from comptes.models import Personne
from config.socle.models import EMPREINTE, Journal, Travail
from config.socle.travaux import ACTIFS, EtatTravail
from projets.models.fichiers import chemin_du_journal
from projets.models.projet import Projet


def journal_du_projet(projet: Projet) -> models.QuerySet[Journal]:
    """Les actes consignés sur le projet, du plus récent au plus ancien."""
    return Journal.objects.filter(objet_type=Projet._meta.label, objet_id=str(projet.pk)).order_by("-pk")


class ExportDuJournalQuerySet(models.QuerySet["ExportDuJournal"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Chacun ne voit que ceux qu’il a demandés : ils ne montrent que ce qu’il avait le droit de lire."""
        return self.filter(demande_par=personne, projet__in=Projet.objects.visibles_par(personne))


class ExportDuJournal(Travail):
    """Le journal d’un projet en PDF, pour un auditeur, produit hors de la requête.

    `empreinte` : SHA-256 (hexadécimal) des formes scellées des lignes exportées, dans l’ordre, un saut de ligne après
    chacune ; `derniere_ligne` : l’identifiant de la plus récente.
    """

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="exports_du_journal", verbose_name="projet")
    fichier = models.FileField("fichier", upload_to=chemin_du_journal, max_length=120, blank=True)
    nombre = models.PositiveIntegerField("nombre de lignes", null=True, blank=True)
    derniere_ligne = models.BigIntegerField("dernière ligne", null=True, blank=True)
    empreinte = models.CharField("empreinte", max_length=64, blank=True)

    objects = ExportDuJournalQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "export du journal"
        verbose_name_plural = "exports du journal"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["projet", "demande_par"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="export_du_journal_un_a_la_fois",
                violation_error_message="Cet export est déjà en cours de production.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatTravail.TERMINE)
                | (Q(nombre__isnull=False, empreinte__regex=EMPREINTE) & ~Q(fichier="")),
                name="export_du_journal_entier",
                violation_error_message="Un export terminé a un fichier, un nombre de lignes et une empreinte.",
            ),
        ]

    def __str__(self) -> str:
        return f"export du journal du projet {self.projet_id}"
