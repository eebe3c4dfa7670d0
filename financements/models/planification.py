"""Les rapports planifiés : ce qui se produit tout seul, quand, pour qui ; et chaque échéance, une seule fois."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.models import Personne
from comptes.states import Role
from config.socle.travaux import EtatTravail
from financements.models.travaux import Rapport
from financements.rules.planification import prochaine_echeance
from financements.states import Frequence, SorteDeRapport
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire

_GESTIONNAIRES = frozenset({Role.PILOTE, Role.FINANCES})


class PlanificationQuerySet(models.QuerySet["PlanificationDeRapport"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui peut demander un rapport voit et règle les rapports planifiés."""
        return self if personne.role in _GESTIONNAIRES else self.none()


class PlanificationDeRapport(models.Model):
    """Un rapport que l’application produit le premier jour de chaque période, et signale par courriel.

    `depuis_le` : ses échéances comptent après ce jour ; reprise, elle ne rattrape pas le temps où elle était arrêtée.
    """

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="rapports_planifies", verbose_name="appel à projets"
    )
    sorte = models.CharField(
        "sorte", max_length=12, choices=SorteDeRapport.choices, default=SorteDeRapport.PLURIANNUEL
    )
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="territoire"
    )
    axe = models.ForeignKey(Axe, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="axe")
    frequence = models.CharField("fréquence", max_length=13, choices=Frequence.choices, default=Frequence.MENSUELLE)
    destinataires = models.ManyToManyField(Personne, related_name="rapports_planifies", verbose_name="destinataires")
    est_active = models.BooleanField("active", default=True)
    depuis_le = models.DateField("depuis le", default=timezone.localdate, editable=False)
    creee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="créée par"
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = PlanificationQuerySet.as_manager()

    class Meta:
        verbose_name = "rapport planifié"
        verbose_name_plural = "rapports planifiés"
        ordering = ["-est_active", "appel", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(territoire__isnull=True) | Q(axe__isnull=True),
                name="planification_un_seul_perimetre",
                violation_error_message="Un rapport porte sur un territoire ou sur un axe, pas les deux.",
            ),
            models.CheckConstraint(
                condition=~Q(sorte=SorteDeRapport.ELU) | Q(territoire__isnull=False),
                name="planification_de_l_elu_d_un_territoire",
                violation_error_message="Le rapport de l’élu porte sur un territoire.",
            ),
            models.CheckConstraint(
                condition=Q(frequence__in=Frequence.values, sorte__in=SorteDeRapport.values),
                name="planification_valeurs_connues",
                violation_error_message="Cette fréquence ou cette sorte de rapport n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_sorte_display().capitalize()}, {self.perimetre}"

    def get_absolute_url(self) -> str:
        """Son réglage."""
        return reverse("financements:rapport_planifie", args=[self.pk])

    @property
    def perimetre(self) -> str:
        """« programme entier », le nom du territoire ou celui de l’axe."""
        if self.territoire:
            return self.territoire.nom
        return f"axe {self.axe}" if self.axe else "programme entier"

    @property
    def prochaine_le(self) -> date | None:
        """Sa prochaine échéance ; None si elle est arrêtée."""
        return prochaine_echeance(self.frequence, timezone.localdate()) if self.est_active else None


class EcheanceDeRapport(models.Model):
    """Une échéance d’un rapport planifié : la base n’en garde qu’une par jour, donc un rapport et un avis."""

    planification = models.ForeignKey(
        PlanificationDeRapport, models.PROTECT, related_name="echeances", verbose_name="rapport planifié"
    )
    jour = models.DateField("jour")
    rapport = models.ForeignKey(Rapport, models.PROTECT, related_name="echeances", verbose_name="rapport")
    essais = models.PositiveSmallIntegerField("essais", default=1)
    prevenus_le = models.DateTimeField("destinataires prévenus le", null=True, blank=True)

    class Meta:
        verbose_name = "échéance d’un rapport planifié"
        verbose_name_plural = "échéances des rapports planifiés"
        ordering = ["-jour", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["planification", "jour"],
                name="echeance_de_rapport_unique",
                violation_error_message="Cette échéance a déjà son rapport.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.planification}, {self.jour:%d/%m/%Y}"

    @property
    def etat(self) -> str:
        """Où elle en est : « envoyé le… », ou l’état du rapport (lit `rapport`)."""
        if self.prevenus_le is not None:
            return f"envoyé le {timezone.localtime(self.prevenus_le):%d/%m/%Y à %H:%M}"
        return str(EtatTravail(self.rapport.etat).label)
