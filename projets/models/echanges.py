"""Ce que le service et le porteur s’écrivent à propos d’un projet déposé."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from projets.models.declencheurs import demande_suspend_le_delai
from projets.models.projet import Projet
from projets.rules.delais import ALERTE
from projets.rules.depot import DUREE_MAXIMALE, Suspension
from projets.states import NON_DECIDES

LONGUEUR_D_UN_MESSAGE = 5000
ECHEANCE_TROP_LOIN = f"L’échéance est dans {DUREE_MAXIMALE.days} jours au plus."


def en_retard(jour: date, prefixe: str = "") -> Q:
    """Condition sur un projet pas encore décidé : le rejet implicite est proche ou passé, ou un complément attendu.

    `prefixe` : ce qui mène au projet depuis les lignes filtrées (« projet__ »).
    """
    attendus = DemandeDeComplement.objects.filter(repondue_le__isnull=True, echeance__lt=jour).values("projet")
    proche = Q(**{f"{prefixe}rejet_implicite_le__lte": jour + timedelta(days=ALERTE)})
    return Q(**{f"{prefixe}etat__in": NON_DECIDES}) & (proche | Q(**{f"{prefixe}pk__in": attendus}))


class MessageDuProjet(models.Model):
    """Un message entre l’organisme et le service. Il ne se modifie ni ne s’efface : chacun a pu le lire."""

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="messages", verbose_name="projet")
    auteur = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="auteur")
    texte = models.TextField("message", max_length=LONGUEUR_D_UN_MESSAGE)
    envoye_le = models.DateTimeField("envoyé le", auto_now_add=True)

    class Meta:
        verbose_name = "message"
        ordering = ["envoye_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(texte=""),
                name="message_du_projet_ecrit",
                violation_error_message="Le message est vide.",
            )
        ]
        triggers = en_ajout_seul("message_du_projet", "Les messages ne se vident pas.")

    def __str__(self) -> str:
        return f"message de {self.auteur} sur le projet {self.projet_id}"


class DemandeDeComplement(models.Model):
    """Le service demande au porteur de compléter son projet avant une date (CRPA, art. L114-5).

    `repondue_le` la clôt : le porteur a rendu, ou le service l’a levée (`levee_par`).
    """

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="demandes", verbose_name="projet")
    texte = models.TextField("ce qui manque", max_length=LONGUEUR_D_UN_MESSAGE)
    echeance = models.DateField("à fournir au plus tard le")
    demandee_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="demandée par")
    demandee_le = models.DateTimeField("demandée le")
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    levee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="levée par"
    )

    prevenus: Sequence[str] = ()  # où l’acte l’a envoyée : seule la demande qu’il rend le sait

    class Meta:
        verbose_name = "demande de complément"
        verbose_name_plural = "demandes de complément"
        ordering = ["demandee_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet"],
                condition=Q(repondue_le__isnull=True),
                name="demande_de_complement_unique",
                violation_error_message="Une demande de complément est déjà en cours sur ce projet.",
            ),
            models.CheckConstraint(
                condition=~Q(texte=""),
                name="demande_de_complement_ecrite",
                violation_error_message="Dites ce qui manque.",
            ),
            models.CheckConstraint(
                condition=Q(echeance__gt=TruncDate(F("demandee_le"))),
                name="demande_de_complement_a_venir",
                violation_error_message="L’échéance est un jour à venir.",
            ),
            models.CheckConstraint(
                condition=Q(levee_par__isnull=True) | Q(repondue_le__isnull=False),
                name="demande_de_complement_levee_datee",
                violation_error_message="Une demande levée n’est plus en cours.",
            ),
        ]
        triggers = [demande_suspend_le_delai()]

    def __str__(self) -> str:
        return f"complément demandé sur le projet {self.projet_id}"

    def clean(self) -> None:
        """Au plus `DUREE_MAXIMALE` après la demande : le délai de rejet implicite s’arrête d’autant."""
        if self.echeance > timezone.localdate(self.demandee_le) + DUREE_MAXIMALE:
            raise ValidationError({"echeance": ECHEANCE_TROP_LOIN})

    @property
    def est_en_retard(self) -> bool:
        """Le jour dit est passé sans que le porteur ait rendu son complément."""
        return self.repondue_le is None and self.echeance < timezone.localdate()

    @property
    def suspension(self) -> Suspension:
        """Ce que la demande ajoute au délai de rejet implicite."""
        repondue = timezone.localdate(self.repondue_le) if self.repondue_le else None
        return Suspension(timezone.localdate(self.demandee_le), self.echeance, repondue)
