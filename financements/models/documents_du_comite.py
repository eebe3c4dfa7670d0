"""Les PDF d’un comité, produits hors de la requête : fiche d’un projet, cahier des fiches, procès-verbal."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from config.socle.fichiers.noms import chemin_au_hasard
from config.socle.models import Travail
from config.socle.travaux import ACTIFS, EtatTravail
from financements.models.comite import Comite, PointDuComite
from financements.models.deports import projets_fermes_a
from financements.states import SorteDeDocument
from projets.models import Axe, Projet


def chemin_du_document(_document: models.Model, nom: str) -> str:
    """« comites/<hasard>.pdf »."""
    return chemin_au_hasard("comites", nom)


class DocumentDuComiteQuerySet(models.QuerySet["DocumentDuComite"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Ceux des comités qu’elle voit, sauf s’ils ont une page d’un projet dont elle s’est déportée."""
        fermes = PointDuComite.objects.filter(comite=models.OuterRef("comite"), projet__in=projets_fermes_a(personne))
        vus = self.filter(comite__in=Comite.objects.visibles_par(personne))
        for de_quoi in ("projet", "axe"):
            vus = vus.exclude(models.Exists(fermes.filter(**{de_quoi: models.OuterRef(de_quoi)})))
        return vus.exclude(models.Exists(fermes), projet=None, axe=None)


class DocumentDuComite(Travail):
    """Un PDF demandé. `projet` : celui d’une fiche ; `axe` : celui d’un cahier (None : tout l’ordre du jour)."""

    Sorte = SorteDeDocument

    comite = models.ForeignKey(Comite, models.PROTECT, related_name="documents", verbose_name="comité")
    sorte = models.CharField("sorte", max_length=13, choices=SorteDeDocument.choices)
    projet = models.ForeignKey(Projet, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="projet")
    axe = models.ForeignKey(Axe, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="axe")
    fichier = models.FileField("fichier", upload_to=chemin_du_document, max_length=120, blank=True)
    pages = models.PositiveIntegerField("pages", null=True, blank=True)
    taille = models.PositiveIntegerField("taille (octets)", null=True, blank=True)

    objects = DocumentDuComiteQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "document d’un comité"
        verbose_name_plural = "documents d’un comité"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["comite", "sorte", "projet", "axe"],
                condition=Q(etat__in=sorted(ACTIFS)),
                nulls_distinct=False,
                name="document_du_comite_un_a_la_fois",
                violation_error_message="Ce document est déjà en cours de production.",
            ),
            models.CheckConstraint(
                condition=Q(sorte=SorteDeDocument.FICHE, projet__isnull=False, axe__isnull=True)
                | Q(sorte=SorteDeDocument.CAHIER, projet__isnull=True)
                | Q(sorte=SorteDeDocument.PROCES_VERBAL, projet__isnull=True, axe__isnull=True),
                name="document_du_comite_de_quoi",
                violation_error_message="Une fiche est celle d’un projet, un cahier celui d’un axe ou de tout l’ordre "
                "du jour.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatTravail.TERMINE) | (Q(pages__gt=0, taille__gt=0) & ~Q(fichier="")),
                name="document_du_comite_entier",
                violation_error_message="Un document terminé a un fichier, des pages et une taille.",
            ),
        ]

    def __str__(self) -> str:
        if self.projet:
            return f"Fiche du projet n°\u00a0{self.projet.numero}"
        if self.sorte == SorteDeDocument.CAHIER:
            return f"Cahier des fiches, axe {self.axe.numero}" if self.axe else "Cahier des fiches"
        return "Procès-verbal"

    def get_absolute_url(self) -> str:
        """Sa place parmi les documents du comité (lit `comite.appel`)."""
        return reverse("financements:documents_du_comite", args=[self.comite.appel.slug, self.comite_id])

    @property
    def nom_de_fichier(self) -> str:
        """« comite-2016-10-12-cahier-axe-3.pdf » ; « .zip » quand le cahier est une archive de plusieurs PDF."""
        suite = {
            SorteDeDocument.FICHE: f"fiche-{self.projet.numero}" if self.projet else "fiche",
            SorteDeDocument.CAHIER: f"cahier-axe-{self.axe.numero}" if self.axe else "cahier",
            SorteDeDocument.PROCES_VERBAL: "proces-verbal",
        }
        extension = (self.fichier.name or "").rpartition(".")[2] or "pdf"
        return f"comite-{self.comite.tenu_le.isoformat()}-{suite[SorteDeDocument(self.sorte)]}.{extension}"
