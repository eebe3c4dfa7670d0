"""Les lettres de décision : leur modèle, leur fichier, leur lecture, leur recommandé, et les lots que l’on en fait."""

from typing import Self

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from config.socle.fichiers.noms import chemin_au_hasard
from config.socle.models import Travail
from config.socle.montants import format_nombre
from config.socle.travaux import ACTIFS, EtatTravail
from financements.models.deliberation import Decision, Deliberation
from financements.models.deports import projets_fermes_a
from financements.models.notification import LECTEURS, Notification
from financements.rules.lettres import Texte
from financements.states import Choix, SorteDeLot
from projets.models import AppelAProjets

LONGUEUR_DU_CORPS = 12_000
NUMERO_DE_RECOMMANDE = r"^[0-9A-Z]{11,15}$"


def chemin_de_la_lettre(_lettre: models.Model, nom: str) -> str:
    """« lettres/<hasard>.pdf »."""
    return chemin_au_hasard("lettres", nom)


class ModeleDeLettre(models.Model):
    """Le texte qu’un département donne à une lettre de décision ; sans lui, celui qui est fourni."""

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="modeles_de_lettre", verbose_name="appel à projets"
    )
    sens = models.CharField("décision", max_length=10, choices=Choix.choices)
    objet = models.CharField("objet", max_length=200)
    corps = models.TextField("corps", max_length=LONGUEUR_DU_CORPS)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    modifie_le = models.DateTimeField("modifié le", auto_now=True)
    modifie_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="modifié par")

    class Meta:
        verbose_name = "modèle de lettre"
        verbose_name_plural = "modèles de lettre"
        ordering = ["appel", "sens"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "sens"],
                name="modele_de_lettre_unique",
                violation_error_message="Ce modèle vient d’être écrit par quelqu’un d’autre.",
            ),
            models.CheckConstraint(
                condition=Q(sens__in=Choix.values) & Q(objet__regex=r"\S") & Q(corps__regex=r"\S"),
                name="modele_de_lettre_entier",
                violation_error_message="Une lettre a un objet et un corps.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lettre, {self.get_sens_display()}"

    @property
    def texte(self) -> Texte:
        """Ce que les règles en lisent."""
        return Texte(self.objet, self.corps, self.version)


class FichierDeLettre(models.Model):
    """Le PDF d’une lettre, produit une fois de ce que la notification a figé, et gardé."""

    notification = models.OneToOneField(
        Notification, models.PROTECT, related_name="fichier", verbose_name="notification"
    )
    fichier = models.FileField("fichier", upload_to=chemin_de_la_lettre, max_length=120)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    pages = models.PositiveSmallIntegerField("pages")
    produit_le = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "fichier d’une lettre"
        verbose_name_plural = "fichiers de lettres"
        triggers = en_ajout_seul(
            "fichier_de_lettre", "Les lettres ne se vident pas.", refus="Une lettre produite ne change pas."
        )

    def __str__(self) -> str:
        return f"PDF de la notification {self.notification_id}"


class LectureDeNotification(models.Model):
    """La preuve de lecture : la première ouverture de la lettre par une personne de l’organisme. En ajout seul."""

    notification = models.OneToOneField(
        Notification, models.PROTECT, related_name="lecture", verbose_name="notification"
    )
    personne = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="lue par")
    lue_le = models.DateTimeField("lue le", auto_now_add=True)

    class Meta:
        verbose_name = "lecture d’une notification"
        verbose_name_plural = "lectures des notifications"
        triggers = en_ajout_seul(
            "lecture", "Les preuves de lecture ne se vident pas.", refus="Une preuve de lecture ne change pas."
        )

    def __str__(self) -> str:
        return f"Lecture de la notification {self.notification_id}"


class Recommande(models.Model):
    """L’envoi postal d’une lettre : son numéro, puis le jour de l’accusé de réception."""

    notification = models.OneToOneField(
        Notification, models.PROTECT, related_name="recommande", verbose_name="notification"
    )
    numero = models.CharField(
        "numéro de recommandé",
        max_length=15,
        unique=True,
        validators=[RegexValidator(NUMERO_DE_RECOMMANDE, "Un numéro a de 11 à 15 chiffres ou majuscules.")],
        error_messages={"unique": "Ce numéro est déjà celui d’une autre lettre."},
    )
    recu_le = models.DateField("accusé de réception du", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    saisi_par = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="saisi par")
    saisi_le = models.DateTimeField("saisi le", auto_now=True)

    class Meta:
        verbose_name = "recommandé"
        constraints = [
            models.CheckConstraint(
                condition=Q(numero__regex=NUMERO_DE_RECOMMANDE),
                name="recommande_numero",
                violation_error_message="Un numéro de recommandé a de 11 à 15 chiffres ou majuscules.",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="recommande_garde", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="recommande_d_une_lettre", fields=["notification"]),
        ]

    def __str__(self) -> str:
        return f"Recommandé {self.numero}"


class LotDeLettresQuerySet(models.QuerySet["LotDeLettres"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements, sauf déport : le fichier d’un autre peut avoir une lettre qui lui est fermée."""
        if personne.role not in LECTEURS:
            return self.none()
        fermees = Decision.objects.filter(projet__in=projets_fermes_a(personne))
        return self.exclude(~Q(demande_par=personne), deliberation__in=fermees.values("deliberation"))


class LotDeLettres(Travail):
    """Un travail sur les lettres d’une délibération : archive, fichier à imprimer, relance des non lues.

    `choix` : les lettres que l’écran montrait (une décision, « recommande »…), vide pour toutes.
    """

    Sorte = SorteDeLot

    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, related_name="lots_de_lettres", verbose_name="délibération"
    )
    sorte = models.CharField("sorte", max_length=10, choices=SorteDeLot.choices)
    choix = models.CharField("lettres", max_length=10, blank=True)
    lettres = models.PositiveIntegerField("lettres", default=0)
    ecartees = models.PositiveIntegerField("lettres écartées", default=0)
    pages = models.PositiveIntegerField("pages", null=True, blank=True)
    taille = models.PositiveBigIntegerField("taille (octets)", null=True, blank=True)
    fichier = models.FileField("fichier", upload_to=chemin_de_la_lettre, max_length=120, blank=True)

    objects = LotDeLettresQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "lot de lettres"
        verbose_name_plural = "lots de lettres"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["deliberation", "sorte", "choix"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="lot_de_lettres_un_a_la_fois",
                violation_error_message="Ce travail est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatTravail.TERMINE)
                | Q(sorte=SorteDeLot.RELANCE)
                | (Q(lettres__gt=0, taille__gt=0) & ~Q(fichier="")),
                name="lot_de_lettres_entier",
                violation_error_message="Un fichier de lettres terminé a des lettres et une taille.",
            ),
        ]

    def __str__(self) -> str:
        return str(SorteDeLot(self.sorte).label)

    def get_absolute_url(self) -> str:
        """La page des lettres (lit `deliberation.appel`)."""
        appel = self.deliberation.appel
        return reverse("financements:lettres", args=[appel.slug if appel else "", self.deliberation_id])

    @property
    def bilan(self) -> str:
        """Ce que le lot a fait, en une phrase ; vide avant d’avoir rien fait."""
        lettres = f"{format_nombre(self.lettres)}\u00a0{'lettres' if self.lettres > 1 else 'lettre'}"
        if self.sorte != SorteDeLot.RELANCE:
            return f"{lettres}, {format_nombre(self.pages)}\u00a0pages." if self.pages else ""
        if not self.fini_le:
            return ""
        ecartees = f"\u00a0; {format_nombre(self.ecartees)} déjà lues ou relancées ce jour" if self.ecartees else ""
        return f"{lettres} {'relancées' if self.lettres > 1 else 'relancée'}{ecartees}."

    @property
    def nom_de_fichier(self) -> str:
        """« lettres-DLES-2016-131-non_retenu.zip »."""
        reference = "".join(c if c.isalnum() else "-" for c in self.deliberation.reference)
        choix = f"-{self.choix}" if self.choix else ""
        extension = "zip" if self.sorte == SorteDeLot.ARCHIVE else "pdf"
        return f"lettres-{reference}{choix}.{extension}"
