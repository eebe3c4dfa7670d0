"""L’import du retour d’exécution : le travail, et chaque ligne appliquée, pour ne jamais l’appliquer deux fois."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.declencheurs import en_ajout_seul
from config.socle.models import Travail
from financements.models.profil import ProfilDExport
from financements.models.versement import TitreDeRecette, Versement
from financements.states.echanges import StatutDExecution
from projets.models import AppelAProjets


class ImportDExecutionQuerySet(models.QuerySet["ImportDExecution"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Le service financier."""
        return self if personne.role == Role.FINANCES else self.none()


class ImportDExecution(Travail):
    """L’import d’un retour du progiciel financier. `resultat` : comptes, montants, erreurs."""

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="imports_d_execution", verbose_name="appel à projets"
    )
    profil = models.ForeignKey(
        ProfilDExport, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="profil"
    )
    fichier = models.FileField("fichier", upload_to="retours/%Y/%m")
    nom_fichier = models.CharField("nom du fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    est_simulation = models.BooleanField("simulation", default=True)
    resultat = models.JSONField("compte rendu", null=True, blank=True)

    objects = ImportDExecutionQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "import d’un retour d’exécution"
        verbose_name_plural = "imports d’un retour d’exécution"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Retour de {self.nom_fichier}"

    def get_absolute_url(self) -> str:
        """Sa page de suivi (lit `appel`)."""
        return reverse("financements:retour_d_execution", args=[self.appel.slug, self.pk])


class LigneDExecution(models.Model):
    """Une ligne appliquée d’un retour. `empreinte` : SHA-256 de ce qu’elle dit ; revue, elle est « déjà connue »."""

    import_d_execution = models.ForeignKey(
        ImportDExecution, models.PROTECT, related_name="lignes", verbose_name="import"
    )
    versement = models.ForeignKey(
        Versement, models.PROTECT, null=True, blank=True, related_name="lignes_d_execution", verbose_name="versement"
    )
    titre = models.ForeignKey(
        TitreDeRecette, models.PROTECT, null=True, blank=True, related_name="lignes_d_execution", verbose_name="titre"
    )
    statut = models.CharField("statut", max_length=8, choices=StatutDExecution.choices, blank=True)
    contenu = models.JSONField("ce que la ligne dit")
    empreinte = models.CharField("empreinte SHA-256", max_length=64, unique=True)

    class Meta:
        verbose_name = "ligne d’exécution"
        verbose_name_plural = "lignes d’exécution"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(versement__isnull=True) | Q(titre__isnull=True),
                name="ligne_d_execution_un_seul_objet",
                violation_error_message="Une ligne d’exécution parle d’un versement, d’un titre ou d’un engagement.",
            )
        ]
        triggers = en_ajout_seul("ligne_d_execution", "Les lignes d’exécution ne se vident pas.")

    def __str__(self) -> str:
        return f"{self.get_statut_display()} {self.versement_id or self.titre_id or ''}"
