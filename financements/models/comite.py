"""Le comité : une réunion qui examine un scénario point par point, ses élus, ses amendements, sa photographie."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.declencheurs import en_ajout_seul
from config.socle.models import EMPREINTE
from financements.models.declencheurs_du_comite import (
    comite_clos,
    deporte_ne_propose_pas,
    empreinte_recalculee,
    fige_une_fois_clos,
)
from financements.models.deports import projets_fermes_a
from financements.models.scenario import Scenario
from financements.states import EtatComite
from projets.models import AppelAProjets, Axe, Projet
from territoires.models import Territoire

LONGUEUR = 2000
PHOTOGRAPHIEE = "Une séance photographiée ne change plus."


class ComiteQuerySet(models.QuerySet["Comite"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Un pilote voit ceux des scénarios qu’il voit, et tous ceux qui sont clos ; les autres rôles, aucun."""
        if personne.role != Role.PILOTE:
            return self.none()
        return self.filter(Q(etat=EtatComite.CLOS) | Q(scenario__in=Scenario.objects.visibles_par(personne)))


class Comite(models.Model):
    """Une réunion sur un scénario. `axes` : numéros des axes à l’ordre du jour (vide : tous).

    `rang_courant` : le point que l’on examine ; la salle le voit changer.
    """

    Etat = EtatComite

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="comites", verbose_name="appel à projets")
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="comites", verbose_name="scénario")
    tenu_le = models.DateField("tenu le")
    lieu = models.CharField("lieu", max_length=200)
    preside_par = models.CharField("présidé par", max_length=120)
    axes = models.JSONField("axes à l’ordre du jour", default=list, blank=True)
    regle_ex_aequo = models.TextField("règle pour départager les ex æquo", blank=True, max_length=LONGUEUR)
    etat = models.CharField("état", max_length=11, choices=EtatComite.choices, default=EtatComite.PREPARATION)
    rang_courant = models.PositiveIntegerField("rang du point courant", default=1, editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    cree_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="créé par")
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    ouvert_le = models.DateTimeField("ouvert le", null=True, blank=True, editable=False)
    clos_le = models.DateTimeField("clos le", null=True, blank=True, editable=False)

    objects = ComiteQuerySet.as_manager()

    class Meta:
        verbose_name = "comité"
        ordering = ["appel", "-tenu_le", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lieu__regex=r"\S", preside_par__regex=r"\S"),
                name="comite_lieu_et_presidence",
                violation_error_message="Un comité a un lieu, et quelqu’un le préside.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatComite.PREPARATION, ouvert_le__isnull=True, clos_le__isnull=True)
                | Q(etat=EtatComite.OUVERT, ouvert_le__isnull=False, clos_le__isnull=True)
                | Q(etat=EtatComite.CLOS, ouvert_le__isnull=False, clos_le__isnull=False),
                name="comite_dates_de_son_etat",
                violation_error_message="Un comité ouvert a une heure d’ouverture, un comité clos en a deux.",
            ),
            models.UniqueConstraint(
                fields=["scenario"],
                condition=Q(etat=EtatComite.OUVERT),
                name="comite_un_ouvert_par_scenario",
                violation_error_message="Un comité est déjà ouvert sur ce scénario.",
            ),
        ]
        triggers = [comite_clos()]

    def __str__(self) -> str:
        return f"Comité du {self.tenu_le:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        """Sa page (lit `appel` : à charger avec `select_related`)."""
        return reverse("financements:comite", args=[self.appel.slug, self.pk])


class PointDuComiteQuerySet(models.QuerySet["PointDuComite"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Ceux des comités que la personne voit, sauf déport ; les totaux du scénario, eux, les comptent."""
        vus = self.filter(comite__in=Comite.objects.visibles_par(personne))
        return vus.exclude(projet__in=projets_fermes_a(personne))


class PointDuComite(models.Model):
    """Un projet à l’ordre du jour. `territoire` : celui de sa plus grande part. `depart` : le scénario à l’ouverture.

    `depart` : [choix, {année: centimes}], comme un coup de scénario.
    """

    comite = models.ForeignKey(Comite, models.PROTECT, related_name="points", verbose_name="comité")
    rang = models.PositiveIntegerField("rang")
    projet = models.ForeignKey(Projet, models.PROTECT, related_name="+", verbose_name="projet")
    axe = models.ForeignKey(Axe, models.PROTECT, related_name="+", verbose_name="axe")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="+", verbose_name="territoire")
    depart = models.JSONField("à l’ouverture")

    objects = PointDuComiteQuerySet.as_manager()

    class Meta:
        verbose_name = "point du comité"
        verbose_name_plural = "points du comité"
        ordering = ["comite", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["comite", "rang"],
                name="point_du_comite_rang_unique",
                violation_error_message="Ce rang est déjà pris.",
            ),
            models.UniqueConstraint(
                fields=["comite", "projet"],
                name="point_du_comite_projet_unique",
                violation_error_message="Ce projet est déjà à l’ordre du jour.",
            ),
        ]
        triggers = fige_une_fois_clos("point", "JOIN financements_comite c ON c.id = x.comite_id")

    def __str__(self) -> str:
        return f"point {self.rang}"


class Elu(models.Model):
    """Un élu présent."""

    comite = models.ForeignKey(Comite, models.PROTECT, related_name="elus", verbose_name="comité")
    nom = models.CharField("nom", max_length=120)
    qualite = models.CharField("qualité", max_length=120)
    canton = models.CharField("canton", max_length=120, blank=True)

    class Meta:
        verbose_name = "élu"
        ordering = ["comite", "nom", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comite", "nom"],
                name="elu_nom_unique",
                violation_error_message="Cet élu est déjà noté présent.",
            ),
            models.CheckConstraint(
                condition=Q(nom__regex=r"\S", qualite__regex=r"\S"),
                name="elu_nomme",
                violation_error_message="Un élu a un nom et une qualité.",
            ),
        ]
        triggers = fige_une_fois_clos("elu", "JOIN financements_comite c ON c.id = x.comite_id")

    def __str__(self) -> str:
        return self.nom


class DeportDElu(models.Model):
    """Un élu intéressé à un projet ne prend part ni à son examen ni à son vote (CGCT, L1111-6)."""

    elu = models.ForeignKey(Elu, models.PROTECT, related_name="deports", verbose_name="élu")
    projet = models.ForeignKey(Projet, models.PROTECT, related_name="+", verbose_name="projet")
    motif = models.CharField("motif", max_length=300)
    enregistre_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="enregistré par")
    enregistre_le = models.DateTimeField("enregistré le", auto_now_add=True)

    class Meta:
        verbose_name = "déport d’un élu"
        verbose_name_plural = "déports d’élus"
        ordering = ["enregistre_le", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["elu", "projet"],
                name="deport_d_elu_unique",
                violation_error_message="Cet élu s’est déjà déporté de ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S"),
                name="deport_d_elu_motive",
                violation_error_message="Dites pourquoi cet élu se déporte.",
            ),
        ]
        triggers = fige_une_fois_clos(
            "deport", "JOIN financements_elu e ON e.id = x.elu_id JOIN financements_comite c ON c.id = e.comite_id"
        )

    def __str__(self) -> str:
        return f"déport de {self.elu_id}, projet {self.projet_id}"


class Amendement(models.Model):
    """Ce que le comité a changé d’un point. `avant`, `apres` : [choix, {année: centimes}]. En ajout seul."""

    point = models.ForeignKey(PointDuComite, models.PROTECT, related_name="amendements", verbose_name="point")
    avant = models.JSONField("avant")
    apres = models.JSONField("après")
    propose_par = models.ForeignKey(Elu, models.PROTECT, related_name="amendements", verbose_name="proposé par")
    motif = models.TextField("motif", max_length=LONGUEUR)
    enregistre_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="enregistré par")
    enregistre_le = models.DateTimeField("enregistré le", auto_now_add=True)

    class Meta:
        verbose_name = "amendement"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S"),
                name="amendement_motive",
                violation_error_message="Un amendement a un motif.",
            )
        ]
        triggers = [
            *en_ajout_seul("amendement", "Les amendements ne se vident pas."),
            *fige_une_fois_clos(
                "amendement",
                "JOIN financements_pointducomite p ON p.id = x.point_id "
                "JOIN financements_comite c ON c.id = p.comite_id",
            )[:1],
            deporte_ne_propose_pas(),
        ]

    def __str__(self) -> str:
        return f"amendement {self.pk}"


class EcartALaNote(models.Model):
    """Pourquoi un projet mieux noté n’est pas retenu quand un autre, du même axe et du même territoire, l’est."""

    comite = models.ForeignKey(Comite, models.PROTECT, related_name="ecarts", verbose_name="comité")
    projet = models.ForeignKey(Projet, models.PROTECT, related_name="+", verbose_name="projet")
    justification = models.TextField("justification", max_length=LONGUEUR)
    justifie_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="justifié par")
    justifie_le = models.DateTimeField("justifié le", auto_now=True)

    class Meta:
        verbose_name = "écart à la note"
        verbose_name_plural = "écarts à la note"
        ordering = ["comite", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["comite", "projet"],
                name="ecart_a_la_note_unique",
                violation_error_message="Cet écart est déjà justifié.",
            ),
            models.CheckConstraint(
                condition=Q(justification__regex=r"\S"),
                name="ecart_a_la_note_justifie",
                violation_error_message="Un écart à la note se justifie.",
            ),
        ]
        triggers = fige_une_fois_clos("ecart", "JOIN financements_comite c ON c.id = x.comite_id")

    def __str__(self) -> str:
        return f"écart, projet {self.projet_id}"


class PhotographieDeSeance(models.Model):
    """La séance telle qu’elle fut, à la clôture : un texte JSON et son empreinte. PostgreSQL refuse d’y toucher.

    `contenu` : clés triées, sans blanc ; `empreinte` : SHA-256 (hexadécimal) de ce texte en UTF-8.
    """

    comite = models.OneToOneField(Comite, models.PROTECT, related_name="photographie", verbose_name="comité")
    contenu = models.TextField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    prise_le = models.DateTimeField("prise le", auto_now_add=True)

    class Meta:
        verbose_name = "photographie d’une séance"
        verbose_name_plural = "photographies de séances"
        constraints = [
            models.CheckConstraint(
                condition=Q(empreinte__regex=EMPREINTE),
                name="photographie_empreinte_forme",
                violation_error_message="Une empreinte SHA-256 a soixante-quatre chiffres hexadécimaux.",
            )
        ]
        triggers = [
            *en_ajout_seul("photographie", "Les photographies ne se vident pas.", refus=PHOTOGRAPHIEE),
            empreinte_recalculee(),
        ]

    def __str__(self) -> str:
        return f"photographie {self.empreinte[:12]}"
