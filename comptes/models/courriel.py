"""La boîte d’envoi : chaque courriel y est écrit avant de partir, et y reste avec son sort."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from comptes.models.personne import Personne
from comptes.states import EtatCourriel, Role

GRACE = timedelta(minutes=2)  # le temps laissé à la file avant que la reprise périodique ne s’en mêle


def fin_de_la_grace() -> datetime:
    """L’instant où un courriel tout neuf sera tenu pour oublié."""
    return timezone.now() + GRACE


class CourrielQuerySet(models.QuerySet["Courriel"]):
    def visibles_par(self, personne: Personne) -> Self:
        """L’administrateur lit tout ; un porteur, ce qui lui est adressé et n’est pas sensible ; les autres, rien."""
        if personne.role == Role.ADMINISTRATEUR:
            return self
        if personne.role == Role.PORTEUR:
            return self.filter(destinataire=personne.email, est_sensible=False)
        return self.none()

    def a_effacer(self) -> Self:
        """Les courriels sensibles dont le lien ne peut plus servir, et qui ont encore leur texte."""
        age = timezone.now() - timedelta(days=settings.COURRIELS_SENSIBLES_JOURS)
        return self.filter(est_sensible=True, efface_le__isnull=True, cree_le__lte=age).exclude(
            etat=EtatCourriel.A_ENVOYER
        )

    def echoues(self) -> Self:
        """Ceux qui ne partiront plus d’eux-mêmes, et que l’on peut encore relancer."""
        return self.filter(etat=EtatCourriel.ECHOUE, efface_le__isnull=True)

    def a_reprendre(self) -> Self:
        """Ceux qui attendent encore alors que l’heure de leur prochain essai est passée."""
        return self.filter(etat=EtatCourriel.A_ENVOYER, prochain_essai_le__lte=timezone.now())


class Courriel(models.Model):
    """Un courriel à un seul destinataire, en texte et en HTML. `cle` : deux dépôts de même clé n’en font qu’un.

    `est_sensible` : il porte un lien qui ouvre une porte à lui seul (invitation, mot de passe) ; son texte s’efface
    `COURRIELS_SENSIBLES_JOURS` jours après. D’ici là personne ne le lit, sauf l’administrateur d’une démonstration.
    """

    Etat = EtatCourriel

    destinataire = models.EmailField("destinataire")
    objet = models.CharField("objet", max_length=200)
    texte = models.TextField("texte")
    html = models.TextField("version HTML")
    etat = models.CharField("état", max_length=10, choices=EtatCourriel.choices, default=EtatCourriel.A_ENVOYER)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    erreur = models.TextField("dernière erreur", blank=True)
    cle = models.CharField("clé d’unicité", max_length=120, null=True, blank=True, unique=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    prochain_essai_le = models.DateTimeField("prochain essai le", default=fin_de_la_grace)
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    est_sensible = models.BooleanField("porte un lien secret", default=False)
    efface_le = models.DateTimeField("texte effacé le", null=True, blank=True)

    objects = CourrielQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["prochain_essai_le"],
                condition=models.Q(etat=EtatCourriel.A_ENVOYER),
                name="courriel_a_envoyer",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(etat=EtatCourriel.ECHOUE, efface_le__isnull=True),
                name="courriel_echoue",
            ),
            models.Index(fields=["destinataire", "-id"], name="courriel_par_destinataire"),
            models.Index(
                fields=["cree_le"],
                condition=models.Q(est_sensible=True, efface_le__isnull=True),
                name="courriel_a_effacer",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(etat=EtatCourriel.ENVOYE, envoye_le__isnull=False)
                | (~models.Q(etat=EtatCourriel.ENVOYE) & models.Q(envoye_le__isnull=True)),
                name="courriel_envoye_date",
                violation_error_message="Un courriel envoyé a une date d’envoi, et lui seul.",
            ),
            models.CheckConstraint(
                condition=models.Q(efface_le__isnull=True) | models.Q(est_sensible=True, texte="", html=""),
                name="courriel_efface_vide",
                violation_error_message="Un courriel effacé n’a plus de texte.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objet} ({self.destinataire})"
