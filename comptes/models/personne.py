"""La personne : un compte, un rôle, un périmètre."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from comptes.states import AGENTS, Role
from territoires.models import Territoire


class PersonneManager(BaseUserManager["Personne"]):
    def create_user(self, email: str, password: str | None = None, **champs: Any) -> "Personne":
        """Créer une personne ; son adresse est gardée en minuscules, elle sert d’identifiant."""
        personne = self.model(email=email.strip().lower(), **champs)
        personne.set_password(password)
        personne.full_clean(exclude=["password"])
        personne.save(using=self._db)
        return personne

    def create_superuser(self, email: str, password: str | None = None, **champs: Any) -> "Personne":
        """Créer un administrateur (commande `createsuperuser`)."""
        return self.create_user(email, password, role=Role.ADMINISTRATEUR, **champs)

    def get_by_natural_key(self, username: str | None) -> "Personne":
        """Retrouver par l’adresse, quelle que soit la casse tapée."""
        return self.get(email=(username or "").strip().lower())


class Personne(AbstractBaseUser):
    """Une personne qui se connecte : son rôle ouvre des portes, ses territoires ou ses organismes limitent sa vue."""

    Role = Role

    email = models.EmailField("adresse électronique", unique=True)
    prenom = models.CharField("prénom", max_length=80, blank=True)
    nom = models.CharField("nom", max_length=80)
    role = models.CharField("rôle", max_length=15, choices=Role.choices, default=Role.PORTEUR)
    territoires = models.ManyToManyField(
        Territoire,
        blank=True,
        related_name="instructeurs",
        verbose_name="territoires",
        help_text="périmètre d’un instructeur",
    )
    is_active = models.BooleanField("compte ouvert", default=True)
    doit_confirmer_son_adresse = models.BooleanField(
        "doit confirmer son adresse",
        default=False,
        editable=False,
        help_text="s’est inscrite d’elle-même ; un compte ouvert par l’administration n’a rien à confirmer",
    )
    cree_le = models.DateTimeField("créée le", auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["nom"]

    objects = PersonneManager()

    class Meta:
        verbose_name = "personne"
        ordering = ["nom", "prenom"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="personne_email_minuscule",
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="personne_role_connu",
                violation_error_message="Ce rôle n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom_complet or self.email

    @property
    def nom_complet(self) -> str:
        """« Prénom Nom »."""
        return f"{self.prenom} {self.nom}".strip()

    @property
    def est_agent(self) -> bool:
        """Vrai pour le personnel du département (tout rôle sauf porteur)."""
        return self.role in AGENTS

    # Ce que l’administration de Django demande à une personne ; seul l’administrateur y entre.
    @property
    def is_staff(self) -> bool:
        """Peut entrer dans l’administration technique."""
        return self.role == Role.ADMINISTRATEUR

    @property
    def is_superuser(self) -> bool:
        """Même réponse que `is_staff` : pas de droits fins dans l’administration technique."""
        return self.is_staff

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:  # noqa: ARG002 (signature de Django)
        """Droit dans l’administration technique."""
        return self.is_active and self.is_staff

    def has_perms(self, perms: list[str], obj: models.Model | None = None) -> bool:
        """Droits dans l’administration technique."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 (signature de Django)
        """Droit de voir une app dans l’administration technique."""
        return self.is_active and self.is_staff
