"""La délibération : le vote qui attribue les crédits, ses décisions par projet, et le jour où elle s’exécute."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from financements.models.declencheurs_du_vote import votee_sur_son_scenario_puis_figee
from financements.models.scenario import Scenario
from financements.states import TONS_DES_CHOIX, Choix, Organe
from projets.models import AppelAProjets, Projet

TRANSMISSION = timedelta(days=15)  # délai de transmission d’une décision individuelle (CGCT L3131-1)
DECIDE = "Une décision votée ne change pas\u00a0: une autre délibération la remplace."


class Deliberation(models.Model):
    """Une délibération : référence et date d’adoption ; le reste quand elle est votée ici, sur un scénario adopté."""

    Organe = Organe

    reference = models.CharField("référence", max_length=60)
    adoptee_le = models.DateField("adoptée le")
    organe = models.CharField("organe", max_length=21, choices=Organe.choices, default=Organe.ASSEMBLEE)
    appel = models.ForeignKey(
        AppelAProjets,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliberations",
        verbose_name="appel à projets",
    )
    scenario = models.OneToOneField(
        Scenario, models.PROTECT, null=True, blank=True, related_name="deliberation", verbose_name="scénario voté"
    )
    pour = models.PositiveSmallIntegerField("voix pour", null=True, blank=True)
    contre = models.PositiveSmallIntegerField("voix contre", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True, blank=True)
    deports = models.TextField("élus qui n’ont pas pris part au vote", blank=True, max_length=2000)
    transmise_le = models.DateField("transmise au contrôle de légalité le", null=True, blank=True)
    publiee_le = models.DateField("publiée le", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "délibération"
        ordering = ["-adoptee_le", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "adoptee_le"],
                name="deliberation_unique",
                violation_error_message="Cette délibération existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(pour__isnull=True) | Q(pour__gt=F("contre")),
                name="deliberation_adoptee",
                violation_error_message="Une délibération est adoptée quand les voix pour l’emportent.",
            ),
            models.CheckConstraint(
                condition=(Q(transmise_le__isnull=True) | Q(transmise_le__gte=F("adoptee_le")))
                & (Q(publiee_le__isnull=True) | Q(publiee_le__gte=F("adoptee_le"))),
                name="deliberation_dates_ordonnees",
                violation_error_message="La transmission et la publication suivent l’adoption.",
            ),
            models.CheckConstraint(
                condition=Q(scenario__isnull=True)
                | Q(appel__isnull=False, pour__isnull=False, contre__isnull=False, abstentions__isnull=False),
                name="deliberation_votee_entiere",
                violation_error_message="Voter un scénario dit l’appel et les voix.",
            ),
        ]
        triggers = votee_sur_son_scenario_puis_figee()

    def __str__(self) -> str:
        return f"{self.reference} du {self.adoptee_le:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Sa page (lit `appel` : à charger avec `select_related`) ; il faut qu’elle ait un appel."""
        if self.appel is None:
            raise ValueError("Une délibération importée n’a pas de page.")
        return reverse("financements:deliberation", args=[self.appel.slug, self.pk])

    @property
    def executoire_le(self) -> date | None:
        """Le jour où elle s’exécute : transmise et publiée (CGCT L3131-1) ; None tant qu’il manque l’une des deux."""
        if self.transmise_le is None or self.publiee_le is None:
            return None
        return max(self.transmise_le, self.publiee_le)

    @property
    def a_transmettre_avant(self) -> date:
        """Dernier jour pour la transmettre (quinze jours)."""
        return self.adoptee_le + TRANSMISSION

    def est_executoire(self, jour: date) -> bool:
        """Vrai si elle s’exécute ce jour-là : avant, rien ne se notifie."""
        return self.executoire_le is not None and self.executoire_le <= jour


class Decision(models.Model):
    """Ce qu’une délibération décide d’un projet. Les montants d’un projet retenu sont ceux de son action.

    `amende` : la séance s’est écartée du scénario adopté ; `motif` dit alors pourquoi, comme pour un refus.
    """

    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, related_name="decisions", verbose_name="délibération"
    )
    projet = models.ForeignKey(Projet, models.PROTECT, related_name="decisions", verbose_name="projet")
    sens = models.CharField("décision", max_length=10, choices=Choix.choices)
    amende = models.BooleanField("amendée en séance", default=False)
    motif = models.TextField("motif", blank=True, max_length=2000)
    prise_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="enregistrée par")

    class Meta:
        verbose_name = "décision"
        ordering = ["deliberation", "projet"]
        constraints = [
            models.UniqueConstraint(
                fields=["deliberation", "projet"],
                name="decision_unique",
                violation_error_message="Cette délibération a déjà décidé de ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(sens__in=Choix.values),
                name="decision_sens_connu",
                violation_error_message="Un projet est retenu, en liste d’attente ou non retenu.",
            ),
        ]
        triggers = en_ajout_seul("decision", "Les décisions ne se vident pas.", refus=DECIDE)

    def __str__(self) -> str:
        return f"projet {self.projet_id} : {self.get_sens_display()}"

    @property
    def ton(self) -> str:
        """Le ton de la décision à l’écran."""
        return TONS_DES_CHOIX[self.sens]
