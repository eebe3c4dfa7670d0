"""Entrer dans un organisme : demander à ses responsables, ou être invité par eux."""

from datetime import datetime, timedelta
from typing import Self

from django.core import signing
from django.db import models
from django.utils import timezone

from comptes.models.organisme import Adhesion, Organisme
from comptes.models.personne import Personne
from comptes.states import EtatDemande, EtatInvitation, Role, RoleOrganisme

DUREE_D_UNE_INVITATION = timedelta(days=7)
SEL = "comptes.invitation"
GARDIENS = frozenset({Role.PILOTE, Role.ADMINISTRATEUR})  # répondent pour un organisme sans responsable


class DemandeEntreeQuerySet(models.QuerySet["DemandeEntree"]):
    def en_attente(self) -> Self:
        """Celles qui attendent une réponse."""
        return self.filter(etat=EtatDemande.EN_ATTENTE)

    def a_traiter_par(self, personne: Personne) -> Self:
        """Un responsable : celles de ses organismes. Un gardien : celles des organismes sans responsable."""
        responsables = Adhesion.objects.des_responsables().filter(organisme=models.OuterRef("organisme"))
        if personne.role in GARDIENS:
            return self.filter(~models.Exists(responsables))
        return self.filter(models.Exists(responsables.filter(personne=personne)))


class DemandeEntree(models.Model):
    """Une personne demande à agir pour un organisme ; ses responsables acceptent ou refusent."""

    Etat = EtatDemande

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="demandes", verbose_name="organisme")
    personne = models.ForeignKey(Personne, models.CASCADE, related_name="demandes_d_entree", verbose_name="personne")
    message = models.TextField("message aux responsables", blank=True, max_length=1000)
    etat = models.CharField("état", max_length=10, choices=EtatDemande.choices, default=EtatDemande.EN_ATTENTE)
    cree_le = models.DateTimeField("faite le", auto_now_add=True)
    traitee_le = models.DateTimeField("traitée le", null=True, blank=True)
    traitee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="traitée par"
    )

    objects = DemandeEntreeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’entrée"
        verbose_name_plural = "demandes d’entrée"
        ordering = ["cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "personne"],
                condition=models.Q(etat=EtatDemande.EN_ATTENTE),
                name="demande_entree_une_en_attente",
                violation_error_message="Votre demande attend déjà une réponse.",
            ),
            models.CheckConstraint(
                condition=models.Q(etat=EtatDemande.EN_ATTENTE, traitee_le__isnull=True)
                | (~models.Q(etat=EtatDemande.EN_ATTENTE) & models.Q(traitee_le__isnull=False)),
                name="demande_entree_traitee_date",
                violation_error_message="Une demande traitée a une date, et elle seule.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.personne_id} vers {self.organisme_id}"


def fin_de_validite() -> datetime:
    """L’instant où une invitation faite maintenant cessera de servir."""
    return timezone.now() + DUREE_D_UNE_INVITATION


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def ouvertes(self) -> Self:
        """Celles qui peuvent encore servir."""
        return self.filter(etat=EtatInvitation.ENVOYEE, expire_le__gt=timezone.now())

    def du_jeton(self, jeton: str) -> "Invitation | None":
        """L’invitation que désigne ce jeton, quel que soit son état ; None si la signature est fausse."""
        try:
            pk = signing.loads(jeton, salt=SEL)
        except signing.BadSignature:
            return None
        return self.select_related("organisme", "invite_par").filter(pk=pk).first()


class Invitation(models.Model):
    """Un responsable invite une adresse à agir pour son organisme. Sert une fois, sept jours, et se révoque."""

    Etat = EtatInvitation

    organisme = models.ForeignKey(Organisme, models.CASCADE, related_name="invitations", verbose_name="organisme")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=12, choices=RoleOrganisme.choices, default=RoleOrganisme.REDACTEUR)
    invite_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="invitée par")
    etat = models.CharField("état", max_length=10, choices=EtatInvitation.choices, default=EtatInvitation.ENVOYEE)
    cree_le = models.DateTimeField("faite le", auto_now_add=True)
    expire_le = models.DateTimeField("expire le", default=fin_de_validite)
    acceptee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="acceptée par"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-cree_le"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "email"],
                condition=models.Q(etat=EtatInvitation.ENVOYEE),
                name="invitation_une_par_adresse",
                violation_error_message="Cette adresse est déjà invitée.",
            ),
            models.CheckConstraint(
                condition=models.Q(etat=EtatInvitation.ACCEPTEE, acceptee_par__isnull=False)
                | (~models.Q(etat=EtatInvitation.ACCEPTEE) & models.Q(acceptee_par__isnull=True)),
                name="invitation_acceptee_par",
                violation_error_message="Une invitation acceptée l’est par quelqu’un, et elle seule.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} vers {self.organisme_id}"

    @property
    def est_ouverte(self) -> bool:
        """Peut encore servir."""
        return self.etat == EtatInvitation.ENVOYEE and self.expire_le > timezone.now()

    @property
    def jeton(self) -> str:
        """Ce que porte le lien du courriel : l’identifiant, signé."""
        return signing.dumps(self.pk, salt=SEL)
