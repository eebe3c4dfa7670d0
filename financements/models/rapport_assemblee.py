"""Le rapport à l’assemblée d’un appel : son texte, ses dates, et les fichiers produits."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.fichiers.noms import chemin_au_hasard
from config.socle.models import Travail
from config.socle.travaux import ACTIFS, EtatTravail
from financements.models.scenario import Scenario
from financements.rules.delai_de_seance import DELAI, DELAI_D_URGENCE, dernier_envoi
from projets.models import AppelAProjets

LONGUEUR_DU_TEXTE = 20_000


def chemin_du_rapport(_document: models.Model, nom: str) -> str:
    """« assemblee/<hasard>.pdf »."""
    return chemin_au_hasard("assemblee", nom)


class RapportALAssembleeQuerySet(models.QuerySet["RapportALAssemblee"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Le rapport est l’affaire des pilotes jusqu’au vote."""
        return self if personne.role == Role.PILOTE else self.none()


class RapportALAssemblee(models.Model):
    """Un par appel. `texte` : à variables (`rules.variables`), mis en forme par `rules.blocs`.

    `envoye_le` : le jour où il est parti aux élus ; il ne change plus tant que cette date est là.
    """

    appel = models.OneToOneField(
        AppelAProjets, models.PROTECT, related_name="rapport_a_l_assemblee", verbose_name="appel à projets"
    )
    titre = models.CharField("titre", max_length=200)
    texte = models.TextField("texte", max_length=LONGUEUR_DU_TEXTE)
    seance_le = models.DateField("séance le", null=True, blank=True)
    envoye_le = models.DateField("envoyé aux élus le", null=True, blank=True)
    est_urgent = models.BooleanField("délai abrégé pour urgence", default=False)
    motif_d_urgence = models.TextField("motif de l’urgence", blank=True, max_length=2000)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = RapportALAssembleeQuerySet.as_manager()

    class Meta:
        verbose_name = "rapport à l’assemblée"
        verbose_name_plural = "rapports à l’assemblée"
        constraints = [
            models.CheckConstraint(
                condition=Q(titre__regex=r"\S", texte__regex=r"\S"),
                name="rapport_a_l_assemblee_ecrit",
                violation_error_message="Un rapport a un titre et un texte.",
            ),
            models.CheckConstraint(
                condition=Q(envoye_le__isnull=True)
                | Q(seance_le__isnull=False, seance_le__gte=F("envoye_le") + DELAI)
                | Q(seance_le__isnull=False, est_urgent=True, seance_le__gte=F("envoye_le") + DELAI_D_URGENCE),
                name="rapport_a_l_assemblee_a_temps",
                violation_error_message="Le rapport part douze jours au moins avant la séance, ou un jour franc en "
                "urgence (CGCT L3121-19).",
            ),
            models.CheckConstraint(
                condition=Q(est_urgent=False) | Q(motif_d_urgence__regex=r"\S"),
                name="rapport_a_l_assemblee_urgence_motivee",
                violation_error_message="Une urgence a un motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.titre}, {self.appel}"

    def get_absolute_url(self) -> str:
        """Sa page (lit `appel`)."""
        return reverse("financements:rapport_a_l_assemblee", args=[self.appel.slug])

    @property
    def a_envoyer_avant(self) -> date | None:
        """Le dernier jour pour l’envoyer ; None sans date de séance."""
        return dernier_envoi(self.seance_le, est_urgent=self.est_urgent) if self.seance_le else None


class DocumentDeRapportQuerySet(models.QuerySet["DocumentDeRapport"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Ceux du rapport qu’elle voit."""
        return self.filter(rapport__in=RapportALAssemblee.objects.visibles_par(personne))


class DocumentDeRapport(Travail):
    """Le rapport produit, en PDF et en ODT, des mêmes chiffres. `total` : euros proposés.

    `marque` : le scénario, le texte et les imputations d’alors ; si elle diffère de celle du jour, il est périmé.
    """

    rapport = models.ForeignKey(RapportALAssemblee, models.PROTECT, related_name="documents", verbose_name="rapport")
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="+", verbose_name="scénario")
    marque = models.CharField("état des données", max_length=64, editable=False)
    pdf = models.FileField("PDF", upload_to=chemin_du_rapport, max_length=120, blank=True)
    odt = models.FileField("ODT", upload_to=chemin_du_rapport, max_length=120, blank=True)
    pages = models.PositiveIntegerField("pages du PDF", null=True, blank=True)
    total = models.DecimalField("total proposé (€)", max_digits=14, decimal_places=2, null=True, blank=True)

    objects = DocumentDeRapportQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "rapport à l’assemblée produit"
        verbose_name_plural = "rapports à l’assemblée produits"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["rapport"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="document_de_rapport_un_a_la_fois",
                violation_error_message="Ce rapport est déjà en cours de production.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatTravail.TERMINE)
                | (Q(pages__gt=0, total__isnull=False) & ~Q(pdf="") & ~Q(odt="")),
                name="document_de_rapport_entier",
                violation_error_message="Un rapport produit a ses deux fichiers, ses pages et son total.",
            ),
        ]

    def __str__(self) -> str:
        return f"Rapport à l’assemblée, {self.scenario}"

    def get_absolute_url(self) -> str:
        """La page du rapport (lit `rapport.appel`)."""
        return self.rapport.get_absolute_url()

    def nom_de_fichier(self, extension: str) -> str:
        """« rapport-assemblee-nord-2016-2018.pdf » (lit `rapport.appel`)."""
        return f"rapport-assemblee-{self.rapport.appel.slug}.{extension}"
