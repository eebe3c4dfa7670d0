"""Le bilan annuel d’une action : le compte rendu financier et ses résultats (Cerfa 15059)."""

from typing import Self

from django.db import models
from django.db.models import Q

from comptes.models import Personne
from comptes.states import Role
from financements.models.action import Action
from financements.states.execution import TONS_DES_BILANS, EtatBilan

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


class BilanQuerySet(models.QuerySet["Bilan"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements, l’instructeur du territoire, et l’organisme pour les siens."""
        if personne.role in _LECTEURS:
            return self
        if personne.role == Role.PORTEUR:
            return self.filter(action__projet__organisme__adhesions__personne=personne)
        if personne.role == Role.INSTRUCTEUR:
            return self.filter(action__projet__parts__territoire__in=personne.territoires.all()).distinct()
        return self.none()


class Bilan(models.Model):
    """Le bilan d’une année d’une action. `du_le` : six mois après l’exercice (loi 2000-321, art. 10).

    `cout_reel` : le coût réel éligible (euros) qu’a retenu le service en le validant.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="bilans", verbose_name="action")
    annee = models.PositiveSmallIntegerField("année")
    etat = models.CharField("état", max_length=10, choices=EtatBilan.choices, default=EtatBilan.A_REMPLIR)
    du_le = models.DateField("dû le")
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    depose_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposé par"
    )
    cout_reel = models.DecimalField("coût réel éligible (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    valide_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="validé par"
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ["action", "annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "annee"],
                name="bilan_unique",
                violation_error_message="Cette année a déjà son bilan.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="valide") | Q(cout_reel__isnull=False, cout_reel__gte=0, valide_le__isnull=False),
                name="bilan_valide_entier",
                violation_error_message="Un bilan validé dit le coût réel éligible retenu.",
            ),
        ]

    def __str__(self) -> str:
        return f"Bilan {self.annee} de {self.action}"

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_BILANS[self.etat]
