"""Une demande de signature chez le prestataire, et les messages que l’on a reçus de lui."""

import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Personne
from comptes.states import Role
from config.socle.fichiers.noms import chemin_au_hasard
from financements.models.convention import Avenant, Convention
from financements.states.execution import SIGNATURES_EN_COURS, TONS_DES_SIGNATURES, EtatSignature

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
_EN_COURS = tuple(sorted(SIGNATURES_EN_COURS))
GRACE = timedelta(minutes=2)  # le temps laissé à la file avant que la reprise périodique ne s’en mêle


def chemin_de_la_signature(_objet: models.Model, nom: str) -> str:
    """« conventions-signees/<hasard>.pdf »."""
    return chemin_au_hasard("conventions-signees", nom)


def fin_de_la_grace() -> datetime:
    """L’instant où une demande toute neuve sera tenue pour oubliée."""
    return timezone.now() + GRACE


class DemandeDeSignatureQuerySet(models.QuerySet["DemandeDeSignature"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements."""
        return self if personne.role in _LECTEURS else self.none()

    def en_cours(self) -> Self:
        """Envoyées ou à envoyer, pas encore conclues."""
        return self.filter(etat__in=SIGNATURES_EN_COURS)

    def a_suivre(self) -> Self:
        """Celles dont il reste quelque chose à demander ou à dire au prestataire."""
        return self.filter(Q(etat__in=SIGNATURES_EN_COURS) | Q(annulation_a_dire=True))


class DemandeDeSignature(models.Model):
    """Une convention, ou un de ses avenants, confiée au prestataire. Conclue, elle ne change plus.

    `reference` : la nôtre, dite au dépôt ; `identifiant` : celui du prestataire ; `empreinte` et `empreinte_signee` :
    SHA-256 du PDF confié et du PDF rapporté ; `motif` : du refus, de l’expiration ou de l’échec ; `defaut` : ce qui
    a manqué au dernier essai ; `suivie_jusqu_a` : un processus lui parle jusque-là ; `annulation_a_dire` : conclue
    ici, le prestataire ne le sait pas encore.
    """

    convention = models.ForeignKey(
        Convention, models.PROTECT, related_name="demandes_de_signature", verbose_name="convention"
    )
    avenant = models.ForeignKey(
        Avenant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="demandes_de_signature",
        verbose_name="avenant",
    )
    reference = models.UUIDField("référence", default=uuid.uuid4, unique=True, editable=False)
    identifiant = models.CharField("identifiant chez le prestataire", max_length=100, blank=True)
    etat = models.CharField(
        "état", max_length=10, choices=EtatSignature.choices, default=EtatSignature.A_ENVOYER, db_index=True
    )
    empreinte = models.CharField("empreinte SHA-256 du PDF confié", max_length=64)
    demandee_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="demandée par")
    demandee_le = models.DateTimeField("demandée le", auto_now_add=True)
    expire_le = models.DateField("expire le")
    deposee_le = models.DateTimeField("déposée le", null=True, blank=True)
    relevee_le = models.DateTimeField("relevée le", null=True, blank=True)
    conclue_le = models.DateTimeField("conclue le", null=True, blank=True)
    motif = models.TextField("motif", max_length=1000, blank=True)
    signee_organisme_le = models.DateField("signée par l’organisme le", null=True, blank=True)
    signee_departement_le = models.DateField("signée par le département le", null=True, blank=True)
    signataire_organisme = models.CharField("signataire de l’organisme", max_length=160, blank=True)
    signataire_departement = models.CharField("signataire du département", max_length=160, blank=True)
    fichier = models.FileField("PDF signé", upload_to=chemin_de_la_signature, max_length=120, blank=True)
    empreinte_signee = models.CharField("empreinte SHA-256 du PDF signé", max_length=64, blank=True)
    essais = models.PositiveSmallIntegerField("essais sans réponse", default=0, editable=False)
    defaut = models.CharField("défaut du dernier essai", max_length=200, blank=True, editable=False)
    prochain_essai_le = models.DateTimeField("prochain essai", default=fin_de_la_grace, db_index=True, editable=False)
    suivie_jusqu_a = models.DateTimeField("suivie jusqu’à", null=True, blank=True, editable=False)
    annulation_a_dire = models.BooleanField("annulation à dire au prestataire", default=False, editable=False)

    objects = DemandeDeSignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de signature"
        verbose_name_plural = "demandes de signature"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "avenant"],
                condition=Q(etat__in=_EN_COURS),
                nulls_distinct=False,
                name="demande_de_signature_une_a_la_fois",
                violation_error_message="Une demande de signature est déjà en cours.",
            ),
            models.UniqueConstraint(
                fields=["identifiant"],
                condition=~Q(identifiant=""),
                name="demande_de_signature_identifiant",
                violation_error_message="Cet identifiant est celui d’une autre demande.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("en_attente", "signee", "refusee", "expiree"))
                | (~Q(identifiant="") & Q(deposee_le__isnull=False)),
                name="demande_de_signature_deposee",
                violation_error_message="Une demande déposée a l’identifiant du prestataire.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="signee")
                | (
                    Q(signee_organisme_le__isnull=False, signee_departement_le__isnull=False)
                    & ~Q(fichier="")
                    & Q(empreinte_signee__regex=r"^[0-9a-f]{64}$")
                ),
                name="demande_de_signature_signee_entiere",
                violation_error_message="Une demande signée porte les deux dates, le PDF signé et son empreinte.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("refusee", "expiree", "echouee")) | Q(motif__regex=r"\S"),
                name="demande_de_signature_motivee",
                violation_error_message="Un refus, une expiration, un échec disent leur motif.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=_EN_COURS, conclue_le__isnull=True)
                | (~Q(etat__in=_EN_COURS) & Q(conclue_le__isnull=False)),
                name="demande_de_signature_datee",
                violation_error_message="Une demande conclue dit quand, et elle seule.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="demande_de_signature_gardee", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="demande_de_signature_figee",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__etat__in=_EN_COURS),
                func="""
                    -- Conclue, il ne reste qu’à le dire au prestataire, et à noter son identifiant.
                    IF (NEW.etat, NEW.convention_id, NEW.avenant_id, NEW.reference, NEW.empreinte, NEW.demandee_par_id,
                        NEW.motif, NEW.fichier, NEW.empreinte_signee, NEW.signee_organisme_le,
                        NEW.signee_departement_le) IS DISTINCT FROM
                       (OLD.etat, OLD.convention_id, OLD.avenant_id, OLD.reference, OLD.empreinte, OLD.demandee_par_id,
                        OLD.motif, OLD.fichier, OLD.empreinte_signee, OLD.signee_organisme_le,
                        OLD.signee_departement_le) THEN
                        RAISE EXCEPTION 'Une demande de signature conclue ne change plus.'
                            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'demande_de_signature_figee';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Signature de {self.avenant or self.convention}"

    @property
    def est_en_cours(self) -> bool:
        """Ni signée, ni refusée, ni expirée, ni annulée, ni en échec."""
        return self.etat in SIGNATURES_EN_COURS

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_SIGNATURES[self.etat]


class NotificationDuPrestataire(models.Model):
    """L’identifiant d’un message reçu du prestataire : revu, il est refusé. S’efface quand son heure le refuserait."""

    identifiant = models.CharField("identifiant du message", max_length=64, unique=True)
    recue_le = models.DateTimeField("reçue le", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "notification du prestataire"
        verbose_name_plural = "notifications du prestataire"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.identifiant
