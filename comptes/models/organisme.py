"""L’organisme porteur et les personnes qui agissent pour lui."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from comptes.models.personne import Personne
from comptes.rules.identifiants import MOTIF_RNA, MOTIF_SIRET, rna_est_valide, siret_est_valide
from comptes.states import FormeJuridique, Role, RoleOrganisme
from config.socle.champs import CleDeTriField
from territoires.models import Commune


def valider_siret(siret: str) -> None:
    """Lève `ValidationError` si le SIRET n’existe pas par sa clé."""
    if not siret_est_valide(siret):
        raise ValidationError("Ce SIRET n’est pas valide : quatorze chiffres, clé de contrôle comprise.", code="siret")


def valider_rna(rna: str) -> None:
    """Lève `ValidationError` si le numéro RNA n’a pas la bonne forme."""
    if not rna_est_valide(rna):
        raise ValidationError(
            "Ce numéro RNA n’est pas valide : « W » suivi de neuf caractères (W591234567).", code="rna"
        )


valider_telephone = RegexValidator(
    r"^\+?\d(?:[ .]?\d){8,14}$", "Ce numéro n’est pas un téléphone : « 03 20 00 00 00 » ou « +33 3 20 00 00 00 »."
)


class OrganismeQuerySet(models.QuerySet["Organisme"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Les agents voient tous les organismes, un porteur les siens."""
        if personne.est_agent:
            return self
        if personne.role == Role.PORTEUR:
            return self.filter(adhesions__personne=personne)
        return self.none()


class Organisme(models.Model):
    """Association, CCAS, structure d’insertion… : celui qui porte des projets et reçoit des crédits."""

    siret = models.CharField(
        "SIRET", max_length=14, null=True, blank=True, unique=True, validators=[valider_siret]
    )  # nul plutôt que vide : l’unicité ne vaut qu’entre SIRET connus
    rna = models.CharField("numéro RNA", max_length=10, null=True, blank=True, unique=True, validators=[valider_rna])
    nom = models.CharField("nom", max_length=200)
    nom_tri = CleDeTriField("nom de tri", source="nom", db_index=True)
    forme_juridique = models.CharField(
        "forme juridique", max_length=15, choices=FormeJuridique.choices, default=FormeJuridique.AUTRE
    )
    adresse = models.CharField("adresse", max_length=300, blank=True)
    adresse_courrier = models.CharField("adresse où écrire", max_length=300, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, verbose_name="commune du siège")
    objet_social = models.TextField("objet", blank=True, max_length=2000)
    telephone = models.CharField("téléphone", max_length=20, blank=True, validators=[valider_telephone])
    courriel = models.EmailField("adresse électronique", blank=True)
    representant_nom = models.CharField("représentant légal", max_length=120, blank=True)
    representant_qualite = models.CharField("qualité du représentant légal", max_length=80, blank=True)
    salaries_etp = models.DecimalField(
        "salariés (ETP)", max_digits=7, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    benevoles = models.PositiveIntegerField("bénévoles", null=True, blank=True)
    adherents = models.PositiveIntegerField("adhérents", null=True, blank=True)
    agrements = models.TextField("agréments", blank=True, max_length=2000)
    version = models.PositiveIntegerField("version de la fiche", default=1, editable=False)
    modifie_le = models.DateTimeField("modifiée le", null=True, blank=True, editable=False)
    modifie_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="modifiée par"
    )
    personnes = models.ManyToManyField(Personne, through="comptes.Adhesion", related_name="organismes")

    objects = OrganismeQuerySet.as_manager()

    class Meta:
        verbose_name = "organisme"
        ordering = ["nom_tri"]
        indexes = [GinIndex(fields=["nom_tri"], opclasses=["gin_trgm_ops"], name="organisme_recherche")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(siret__isnull=False) | models.Q(rna__isnull=False),
                name="organisme_siret_ou_rna",
                violation_error_message="Un organisme a un SIRET ou un numéro RNA.",
            ),
            models.CheckConstraint(
                condition=models.Q(siret__isnull=True)
                | (models.Q(siret__regex=MOTIF_SIRET) & ~models.Q(siret="0" * 14)),
                name="organisme_siret_14_chiffres",
                violation_error_message="Un SIRET a quatorze chiffres.",
            ),
            models.CheckConstraint(
                condition=models.Q(rna__isnull=True) | models.Q(rna__regex=MOTIF_RNA),
                name="organisme_rna_forme",
                violation_error_message="Un numéro RNA est fait de « W » et de neuf caractères.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def adresse_postale(self) -> str:
        """Où envoyer une lettre : l’adresse dite pour le courrier, sinon celle du siège."""
        return self.adresse_courrier or self.adresse

    @property
    def siren(self) -> str:
        """Les neuf premiers chiffres du SIRET, vide s’il n’y en a pas."""
        return (self.siret or "")[:9]

    def destinataires(self) -> list[str]:
        """Où lui écrire : son adresse et celles de ses responsables, une fois chacune. Une requête."""
        siennes = Adhesion.objects.des_responsables().filter(organisme=self).order_by("pk")
        return list(
            dict.fromkeys(filter(None, [self.courriel.lower(), *siennes.values_list("personne__email", flat=True)]))
        )


class AdhesionQuerySet(models.QuerySet["Adhesion"]):
    def des_responsables(self) -> Self:
        """Celles des responsables dont le compte est ouvert : un compte fermé ne répond plus à personne."""
        return self.filter(role=RoleOrganisme.RESPONSABLE, personne__is_active=True)


class Adhesion(models.Model):
    """Une personne agit pour un organisme, comme responsable (invite, signe) ou rédacteur."""

    personne = models.ForeignKey(Personne, models.CASCADE, related_name="adhesions", verbose_name="personne")
    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="adhesions", verbose_name="organisme")
    role = models.CharField("rôle", max_length=12, choices=RoleOrganisme.choices, default=RoleOrganisme.REDACTEUR)
    depuis_le = models.DateTimeField("depuis le", auto_now_add=True)

    objects = AdhesionQuerySet.as_manager()

    class Meta:
        verbose_name = "adhésion"
        constraints = [
            models.UniqueConstraint(
                fields=["personne", "organisme"],
                name="adhesion_unique",
                violation_error_message="Cette personne agit déjà pour cet organisme.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.personne_id} pour {self.organisme_id} ({self.get_role_display()})"
