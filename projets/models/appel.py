"""L’appel à projets et ses axes."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from comptes.models import Organisme, Personne
from comptes.models.organisme import valider_telephone
from projets.models.declencheurs import fige_une_fois_publie
from projets.models.fichiers import chemin_du_reglement
from projets.models.figements import notation_figee_une_fois_publiee
from projets.rules.calendrier import RECOIVENT_DES_PROJETS, SUIVENT_L_HORLOGE, Calendrier, Suites, etat_effectif
from projets.states import EtatAppel, Volet

ETATS_VOTES = (EtatAppel.DELIBERE, EtatAppel.EXECUTION, EtatAppel.SOLDE, EtatAppel.ARCHIVE)


class AppelAProjetsQuerySet(models.QuerySet["AppelAProjets"]):
    def publics(self) -> Self:
        """Les appels que tout le monde peut lire : tous sauf les brouillons."""
        return self.exclude(etat=EtatAppel.BROUILLON)

    def visibles_par(self, personne: Personne) -> Self:
        """Les agents voient aussi les appels en préparation."""
        return self if personne.est_agent else self.publics()

    def ouverts(self) -> Self:
        """Les appels où l’on peut déposer maintenant, que la tâche périodique soit passée ou non."""
        instant = timezone.now()
        return self.filter(etat__in=SUIVENT_L_HORLOGE, ouvre_le__lte=instant, ferme_le__gt=instant)

    def recevant(self, organisme: Organisme) -> Self:
        """Ceux où cet organisme peut déposer maintenant, prolongation comprise."""
        instant = timezone.now()
        prolonges = Q(
            etat__in=RECOIVENT_DES_PROJETS,
            ouvre_le__lte=instant,
            prolongations__organisme=organisme,
            prolongations__retiree_le__isnull=True,
            prolongations__jusqu_au__gt=instant,
        )
        ouverts = Q(etat__in=SUIVENT_L_HORLOGE, ouvre_le__lte=instant, ferme_le__gt=instant)
        return self.filter(prolonges | ouverts).distinct()

    def votes_d_abord(self) -> Self:
        """Ceux qui ont un programme, du plus récent au plus ancien, puis les autres : un brouillon vient après."""
        a_un_programme = models.Case(models.When(etat__in=ETATS_VOTES, then=0), default=1)
        return self.order_by(a_un_programme, "-annee_debut", "slug")

    def a_venir(self) -> Self:
        """Les appels publiés dont l’ouverture n’est pas passée."""
        return self.filter(etat__in=SUIVENT_L_HORLOGE, ouvre_le__gt=timezone.now())


class AppelAProjets(models.Model):
    """Un appel à projets pluriannuel : années couvertes, ouverture et clôture, axes, crédits annoncés."""

    Etat = EtatAppel

    slug = models.SlugField("adresse", unique=True, max_length=60)
    intitule = models.CharField("intitulé", max_length=200)
    presentation = models.TextField("présentation", blank=True)
    qui_peut_repondre = models.TextField("qui peut répondre", blank=True)
    annee_debut = models.PositiveSmallIntegerField("première année")
    annee_fin = models.PositiveSmallIntegerField("dernière année")
    ouvre_le = models.DateTimeField("ouverture du dépôt")
    ferme_le = models.DateTimeField("clôture du dépôt")
    comite_le = models.DateField("comité de sélection", null=True, blank=True)
    deliberation_le = models.DateField("délibération de l’assemblée", null=True, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatAppel.choices, default=EtatAppel.BROUILLON)
    montant_total = models.DecimalField("crédits annoncés (€)", max_digits=14, decimal_places=2)
    part_pro_cible = models.DecimalField(
        "part visée de l’insertion professionnelle (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    annee_reference = models.PositiveSmallIntegerField("année de comparaison", null=True, blank=True)
    part_pro_reference = models.DecimalField(
        "part de l’insertion professionnelle l’année de comparaison (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
    )
    contact = models.EmailField("contact", blank=True)
    prefixe = models.CharField("préfixe des numéros de projet", max_length=10, blank=True, editable=False)
    service = models.CharField("service qui reçoit les projets", max_length=200, blank=True)
    service_adresse = models.CharField("adresse postale du service", max_length=300, blank=True)
    service_telephone = models.CharField(
        "téléphone du service", max_length=20, blank=True, validators=[valider_telephone]
    )
    charge_du_dossier = models.CharField("agent chargé du dossier (nom et qualité)", max_length=160, blank=True)
    tribunal = models.CharField("tribunal compétent", max_length=120, blank=True)
    reglement = models.FileField("règlement", upload_to=chemin_du_reglement, max_length=120, blank=True)
    reglement_nom = models.CharField("nom du fichier du règlement", max_length=100, blank=True)
    notations_attendues = models.PositiveSmallIntegerField(
        "notations attendues par projet",
        default=1,
        help_text="De 1 à 5 instructeurs notent chaque projet, chacun seul.",
    )
    ecart_de_troisieme_avis = models.DecimalField(
        "écart qui demande une notation de plus (points sur 100)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Au-delà de cet écart entre deux totaux, un autre instructeur note. Vide\u00a0: jamais.",
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)
    est_fictif = models.BooleanField("données de démonstration", default=False)

    objects = AppelAProjetsQuerySet.as_manager()

    class Meta:
        verbose_name = "appel à projets"
        verbose_name_plural = "appels à projets"
        ordering = ["-annee_debut", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annee_fin__gte=F("annee_debut")) & Q(annee_fin__lte=F("annee_debut") + 9),
                name="appel_annees_ordonnees",
                violation_error_message="La dernière année suit la première, de neuf ans au plus.",
            ),
            models.CheckConstraint(
                condition=Q(ferme_le__gt=F("ouvre_le")),
                name="appel_clot_apres_ouverture",
                violation_error_message="La clôture vient après l’ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(comite_le__isnull=True) | Q(comite_le__gt=F("ferme_le__date")),
                name="appel_comite_apres_cloture",
                violation_error_message="Le comité se réunit après le jour de la clôture.",
            ),
            models.CheckConstraint(
                condition=Q(deliberation_le__isnull=True)
                | (
                    Q(deliberation_le__gt=F("ferme_le__date"))
                    & (Q(comite_le__isnull=True) | Q(deliberation_le__gte=F("comite_le")))
                ),
                name="appel_deliberation_apres_comite",
                violation_error_message="La délibération vient après le jour de la clôture, et pas avant le comité.",
            ),
            models.CheckConstraint(
                condition=Q(montant_total__gte=0),
                name="appel_montant_positif",
                violation_error_message="Les crédits annoncés ne sont pas négatifs.",
            ),
            models.CheckConstraint(
                condition=(Q(part_pro_cible__isnull=True) | Q(part_pro_cible__range=(0, 100)))
                & (Q(part_pro_reference__isnull=True) | Q(part_pro_reference__range=(0, 100))),
                name="appel_parts_en_pourcent",
                violation_error_message="Une part est comprise entre 0 et 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(annee_reference__isnull=True, part_pro_reference__isnull=True)
                | Q(annee_reference__isnull=False, part_pro_reference__isnull=False),
                name="appel_reference_entiere",
                violation_error_message="L’année de comparaison et sa part vont ensemble.",
            ),
            models.CheckConstraint(
                condition=Q(reglement="", reglement_nom="") | (~Q(reglement="") & ~Q(reglement_nom="")),
                name="appel_reglement_nomme",
                violation_error_message="Le fichier du règlement et son nom vont ensemble.",
            ),
            models.UniqueConstraint(
                fields=["prefixe"],
                condition=~Q(prefixe=""),
                name="appel_prefixe_unique",
                violation_error_message="Un autre appel numérote déjà ses projets avec ce préfixe.",
            ),
            models.CheckConstraint(
                condition=Q(notations_attendues__range=(1, 5)),
                name="appel_notations_attendues",
                violation_error_message="Un projet est noté par un à cinq instructeurs.",
            ),
            models.CheckConstraint(
                condition=Q(ecart_de_troisieme_avis__isnull=True)
                | Q(ecart_de_troisieme_avis__gt=0, ecart_de_troisieme_avis__lte=100),
                name="appel_ecart_en_points",
                violation_error_message="Un écart est supérieur à 0 et au plus égal à 100 points.",
            ),
        ]
        triggers = [notation_figee_une_fois_publiee()]

    def __str__(self) -> str:
        return self.intitule

    def get_absolute_url(self) -> str:
        """Page publique de l’appel."""
        return reverse("projets:appel", args=[self.slug])

    @property
    def calendrier(self) -> Calendrier:
        """L’état enregistré et les deux instants, pour les règles."""
        return Calendrier(str(self.etat), self.ouvre_le, self.ferme_le)

    @property
    def suites(self) -> Suites:
        """Le comité et la délibération, s’ils sont datés."""
        return Suites(self.comite_le, self.deliberation_le)

    def etat_a(self, instant: datetime) -> EtatAppel:
        """L’état à cet instant : un appel publié s’ouvre et se clôt de lui-même."""
        return EtatAppel(etat_effectif(self.calendrier, instant))

    @property
    def etat_effectif(self) -> EtatAppel:
        """L’état maintenant."""
        return self.etat_a(timezone.now())

    @property
    def annees(self) -> list[int]:
        """Les années couvertes, de la première à la dernière."""
        return list(range(self.annee_debut, self.annee_fin + 1))

    @property
    def periode(self) -> str:
        """« 2016-2018 », ou « 2016 » pour une seule année."""
        fin = "" if self.annee_fin == self.annee_debut else f"-{self.annee_fin}"
        return f"{self.annee_debut}{fin}"


class Axe(models.Model):
    """Un axe d’intervention de l’appel, rattaché à un volet."""

    Volet = Volet

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="axes", verbose_name="appel à projets")
    numero = models.PositiveSmallIntegerField("numéro")
    intitule = models.CharField("intitulé", max_length=200)
    volet = models.CharField("volet", max_length=15, choices=Volet.choices)
    description = models.TextField("description", blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "axe"
        verbose_name_plural = "axes"
        ordering = ["appel", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "numero"],
                name="axe_numero_unique",
                violation_error_message="Un axe de cet appel porte déjà ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(numero__gte=1),
                name="axe_numero_positif",
                violation_error_message="Le numéro commence à 1.",
            ),
            models.CheckConstraint(
                condition=Q(volet__in=Volet.values),
                name="axe_volet_connu",
                violation_error_message="Le volet est professionnel ou social.",
            ),
        ]
        triggers = [fige_une_fois_publie("axe", ["appel_id", "numero", "volet"])]

    def __str__(self) -> str:
        return f"{self.numero}. {self.intitule}"
