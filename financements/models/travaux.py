"""Les travaux longs : importer un programme, produire un rapport."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.models import Travail
from config.socle.travaux import ACTIFS
from financements.states import SorteDeRapport
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


class ImportProgrammeQuerySet(models.QuerySet["ImportProgramme"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Les imports sont l’affaire des pilotes ; l’administrateur les lit."""
        return self if personne.role in {Role.PILOTE, Role.ADMINISTRATEUR} else self.none()


class ImportProgramme(Travail):
    """L’import d’un fichier d’actions. `resultat` : comptes, totaux, colonnes ignorées, erreurs."""

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="imports", verbose_name="appel à projets")
    fichier = models.FileField("fichier", upload_to="imports/%Y/%m")
    nom_fichier = models.CharField("nom du fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    est_simulation = models.BooleanField("simulation", default=True)
    resultat = models.JSONField("compte rendu", null=True, blank=True)

    objects = ImportProgrammeQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "import de programme"
        verbose_name_plural = "imports de programme"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Import de {self.nom_fichier}"

    def get_absolute_url(self) -> str:
        """Page de suivi de l’import."""
        return reverse("financements:import", args=[self.appel.slug, self.pk])


class RapportQuerySet(models.QuerySet["Rapport"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Les rapports se lisent par le pilote, les finances, la lecture et l’administrateur."""
        return self if personne.role in _LECTEURS else self.none()


class Rapport(Travail):
    """Un rapport budgétaire pluriannuel demandé : périmètre, années, version des données, volumes produits.

    `cle` identifie la demande ET l’état des données : deux demandes égales sur les mêmes données ont la même clé,
    et la base n’en laisse qu’une avancer à la fois.
    """

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="rapports", verbose_name="appel à projets")
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="territoire"
    )
    axe = models.ForeignKey(Axe, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="axe")
    sorte = models.CharField(
        "sorte", max_length=12, choices=SorteDeRapport.choices, default=SorteDeRapport.PLURIANNUEL
    )
    annee_debut = models.PositiveSmallIntegerField("première année")
    annee_fin = models.PositiveSmallIntegerField("dernière année")
    cle = models.CharField("clé", max_length=64, db_index=True)
    version_donnees = models.CharField("version des données", max_length=64)

    objects = RapportQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "rapport"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["cle"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="rapport_une_seule_production",
                violation_error_message="Ce rapport est déjà en cours de production.",
            ),
            models.CheckConstraint(
                condition=Q(territoire__isnull=True) | Q(axe__isnull=True),
                name="rapport_un_seul_perimetre",
                violation_error_message="Un rapport porte sur un territoire ou sur un axe, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(sorte__in=SorteDeRapport.values)
                & (~Q(sorte=SorteDeRapport.ELU) | Q(territoire__isnull=False)),
                name="rapport_de_l_elu_d_un_territoire",
                violation_error_message="Le rapport de l’élu porte sur un territoire.",
            ),
            models.CheckConstraint(
                condition=Q(annee_fin__gte=F("annee_debut")),
                name="rapport_annees_ordonnees",
                violation_error_message="La dernière année suit la première.",
            ),
        ]

    def __str__(self) -> str:
        quoi = "Rapport de l’élu" if self.est_de_l_elu else "Rapport budgétaire pluriannuel"
        return f"{quoi} {self.periode}, {self.perimetre}"

    def get_absolute_url(self) -> str:
        """Page de suivi du rapport."""
        return reverse("financements:rapport", args=[self.pk])

    @property
    def est_de_l_elu(self) -> bool:
        """Vrai pour les deux pages d’un territoire."""
        return self.sorte == SorteDeRapport.ELU

    @property
    def perimetre(self) -> str:
        """« programme entier », le nom du territoire ou celui de l’axe."""
        if self.territoire:
            return self.territoire.nom
        return f"axe {self.axe}" if self.axe else "programme entier"

    @property
    def periode(self) -> str:
        """« 2016-2018 », ou « 2016 »."""
        return str(self.annee_debut) + (f"-{self.annee_fin}" if self.annee_fin != self.annee_debut else "")


class Volume(models.Model):
    """Un fichier PDF d’un rapport. Un grand rapport en a plusieurs (`ACTIONS_PAR_VOLUME`)."""

    rapport = models.ForeignKey(Rapport, models.CASCADE, related_name="volumes", verbose_name="rapport")
    numero = models.PositiveSmallIntegerField("numéro")
    titre = models.CharField("titre", max_length=200)
    contenu = models.JSONField("contenu demandé", default=dict)
    fichier = models.FileField("fichier", upload_to="rapports/%Y/%m", blank=True)
    pages = models.PositiveIntegerField("pages", null=True, blank=True)
    taille = models.PositiveIntegerField("taille (octets)", null=True, blank=True)
    progression = models.PositiveSmallIntegerField("progression (%)", default=0)
    produit_le = models.DateTimeField("produit le", null=True, blank=True)

    class Meta:
        verbose_name = "volume"
        ordering = ["numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["rapport", "numero"],
                name="volume_numero_unique",
                violation_error_message="Ce rapport a déjà un volume de ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(produit_le__isnull=True) | (Q(pages__gt=0) & Q(taille__gt=0) & ~Q(fichier="")),
                name="volume_produit_entier",
                violation_error_message="Un volume produit a un fichier, des pages et une taille.",
            ),
        ]

    def __str__(self) -> str:
        return f"Volume {self.numero} : {self.titre}"
