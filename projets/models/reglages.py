"""Ce qu’un appel demande et comment il note : pièces, questions, critères. Figés en base une fois l’appel publié."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from config.socle.fichiers.formats import FormatDeFichier, formats_lisibles
from projets.models.appel import AppelAProjets, Axe
from projets.models.declencheurs import axe_du_meme_appel, fige_une_fois_publie
from projets.models.fichiers import chemin_du_modele
from projets.states import SORTES_A_CHOIX, SorteDeQuestion

TAILLE_MAXIMALE_MO = 50
CHOIX_AU_MOINS = 2
NOTE_MAXIMALE_PAR_DEFAUT = 5


class PieceDemandee(models.Model):
    """Une pièce que tout projet doit joindre, ou ceux d’un axe seulement."""

    Format = FormatDeFichier

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="pieces", verbose_name="appel à projets")
    axe = models.ForeignKey(Axe, models.PROTECT, null=True, blank=True, related_name="pieces", verbose_name="axe")
    ordre = models.PositiveSmallIntegerField("ordre")
    intitule = models.CharField("intitulé", max_length=200)
    aide = models.TextField("aide", blank=True)
    est_obligatoire = models.BooleanField("obligatoire", default=True)
    formats = ArrayField(models.CharField(max_length=5, choices=FormatDeFichier.choices), verbose_name="formats admis")
    taille_maximale = models.PositiveSmallIntegerField(
        "taille maximale (Mo)",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(TAILLE_MAXIMALE_MO)],
    )
    modele = models.FileField("modèle à remplir", upload_to=chemin_du_modele, max_length=120, blank=True)
    modele_nom = models.CharField("nom du fichier du modèle", max_length=100, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "pièce demandée"
        verbose_name_plural = "pièces demandées"
        ordering = ["appel", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "ordre"],
                name="piece_ordre_unique",
                violation_error_message="Deux pièces de cet appel ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(taille_maximale__range=(1, TAILLE_MAXIMALE_MO)),
                name="piece_taille_bornee",
                violation_error_message="La taille maximale va de 1 à 50 Mo.",
            ),
            models.CheckConstraint(
                condition=Q(formats__len__gte=1),
                name="piece_formats_dits",
                violation_error_message="Il faut admettre au moins un format.",
            ),
            models.CheckConstraint(
                condition=Q(modele="", modele_nom="") | (~Q(modele="") & ~Q(modele_nom="")),
                name="piece_modele_nomme",
                violation_error_message="Le modèle à remplir et son nom vont ensemble.",
            ),
        ]
        triggers = [
            axe_du_meme_appel("piece"),
            fige_une_fois_publie(
                "piece", ["appel_id", "axe_id", "ordre", "est_obligatoire", "formats", "taille_maximale", "modele"]
            ),
        ]

    def __str__(self) -> str:
        return self.intitule

    @property
    def formats_lisibles(self) -> str:
        """« PDF, Word (docx) »."""
        return formats_lisibles(self.formats)

    def refus(self, format_: str, taille: int) -> str:
        """Pourquoi un document de ce format et de cette taille (octets) ne convient pas ; vide s’il convient."""
        if format_ not in self.formats:
            recu = FormatDeFichier(format_).label
            return f"Il est au format {recu}, cette pièce demande\u00a0: {self.formats_lisibles}."
        if taille > self.taille_maximale * 1024 * 1024:
            return f"Il dépasse {self.taille_maximale}\u00a0Mo, la limite de cette pièce."
        return ""


class Question(models.Model):
    """Une question propre à l’appel, pour tous les projets ou pour ceux d’un axe."""

    Sorte = SorteDeQuestion

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="questions", verbose_name="appel à projets")
    axe = models.ForeignKey(Axe, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name="axe")
    ordre = models.PositiveSmallIntegerField("ordre")
    intitule = models.CharField("intitulé", max_length=300)
    aide = models.TextField("aide", blank=True)
    sorte = models.CharField("réponse attendue", max_length=15, choices=SorteDeQuestion.choices)
    est_obligatoire = models.BooleanField("obligatoire", default=True)
    choix = ArrayField(models.CharField(max_length=200), verbose_name="choix proposés", default=list, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "question"
        ordering = ["appel", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "ordre"],
                name="question_ordre_unique",
                violation_error_message="Deux questions de cet appel ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(sorte__in=SorteDeQuestion.values),
                name="question_sorte_connue",
                violation_error_message="Cette sorte de réponse n’existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(sorte__in=SORTES_A_CHOIX, choix__len__gte=CHOIX_AU_MOINS)
                | (~Q(sorte__in=SORTES_A_CHOIX) & Q(choix__len=0)),
                name="question_choix_proposes",
                violation_error_message="Une question à choix en propose au moins deux ; les autres n’en ont pas.",
            ),
        ]
        triggers = [
            axe_du_meme_appel("question"),
            fige_une_fois_publie("question", ["appel_id", "axe_id", "ordre", "sorte", "est_obligatoire", "choix"]),
        ]

    def __str__(self) -> str:
        return self.intitule


class Critere(models.Model):
    """Un critère de la grille de notation, avec sa note maximale et son poids. Publié avec l’appel."""

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="criteres", verbose_name="appel à projets")
    ordre = models.PositiveSmallIntegerField("ordre")
    intitule = models.CharField("intitulé", max_length=200)
    aide = models.TextField("aide", blank=True)
    note_maximale = models.PositiveSmallIntegerField("note maximale", default=NOTE_MAXIMALE_PAR_DEFAUT)
    poids = models.DecimalField("poids (%)", max_digits=5, decimal_places=2)
    note_plancher = models.PositiveSmallIntegerField(
        "note plancher", null=True, blank=True, help_text="En dessous, le projet ne peut pas être retenu."
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "critère"
        ordering = ["appel", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "ordre"],
                name="critere_ordre_unique",
                violation_error_message="Deux critères de cet appel ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(note_maximale__range=(1, 100)),
                name="critere_note_maximale_bornee",
                violation_error_message="La note maximale va de 1 à 100.",
            ),
            models.CheckConstraint(
                condition=Q(poids__gt=0, poids__lte=100),
                name="critere_poids_en_pourcent",
                violation_error_message="Un poids est supérieur à 0 % et au plus égal à 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(note_plancher__isnull=True) | Q(note_plancher__lte=F("note_maximale")),
                name="critere_plancher_sous_maximum",
                violation_error_message="La note plancher ne dépasse pas la note maximale.",
            ),
        ]
        triggers = [fige_une_fois_publie("critere", ["appel_id", "ordre", "note_maximale", "poids", "note_plancher"])]

    def __str__(self) -> str:
        return self.intitule
