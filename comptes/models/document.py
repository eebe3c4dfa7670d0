"""La bibliothèque d’un organisme : chaque document y est envoyé une fois, et joint à autant de projets qu’il faut."""

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models.organisme import Organisme
from comptes.models.personne import Personne
from comptes.states import A_ANALYSER, ECARTES, TONS_DES_DOCUMENTS, UTILISABLES, EtatDocument, NatureDeDocument, Role
from config.socle.fichiers.formats import FormatDeFichier
from config.socle.fichiers.noms import LONGUEUR_DU_NOM, chemin_au_hasard

GRACE = timedelta(minutes=2)  # le temps laissé à la file avant que la reprise périodique ne s’en mêle
PREMIERE_ANNEE, DERNIERE_ANNEE = 1900, 2100
TAILLE_D_UN_DOCUMENT = 50  # Mo
DOSSIER = "documents"  # dans le stockage privé


def chemin_du_document(_document: models.Model, nom: str) -> str:
    """« documents/<hasard>.pdf »."""
    return chemin_au_hasard(DOSSIER, nom)


def fin_de_la_grace() -> datetime:
    """L’instant où une analyse demandée maintenant sera tenue pour oubliée."""
    return timezone.now() + GRACE


class DocumentQuerySet(models.QuerySet["Document"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Ceux des organismes d’un porteur. Un agent lit les pièces jointes à un projet, pas la bibliothèque."""
        if personne.role == Role.PORTEUR:
            return self.filter(organisme__adhesions__personne=personne)
        return self.none()

    def utilisables(self) -> Self:
        """Ceux que l’on peut joindre, télécharger et déposer."""
        return self.filter(etat__in=UTILISABLES)

    def proposables(self) -> Self:
        """Ceux que l’on offre de joindre : ni archivés ni écartés."""
        return self.filter(est_archive=False).exclude(etat__in=ECARTES)

    def a_analyser(self) -> Self:
        """Ceux dont l’examen n’est pas fini, ou s’est fait sans antivirus."""
        return self.filter(etat__in=A_ANALYSER)

    def a_reprendre(self) -> Self:
        """Ceux dont l’analyse est due et que la file a oubliés, ou que l’antivirus n’a pas pu examiner."""
        return self.a_analyser().filter(prochaine_analyse_le__lte=timezone.now())


class Document(models.Model):
    """Un fichier d’un organisme, en stockage privé, reconnu à son empreinte (SHA-256, hexadécimal).

    Écarté, il garde sa ligne et perd son fichier : le même, renvoyé, est reconnu.
    """

    Etat = EtatDocument
    Nature = NatureDeDocument

    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="documents", verbose_name="organisme")
    nature = models.CharField("nature", max_length=12, choices=NatureDeDocument.choices)
    intitule = models.CharField("intitulé", max_length=120)
    annee = models.PositiveSmallIntegerField(
        "année",
        null=True,
        blank=True,
        validators=[MinValueValidator(PREMIERE_ANNEE), MaxValueValidator(DERNIERE_ANNEE)],
        help_text="Celle que le document couvre (comptes 2025). Vide s’il vaut jusqu’à son remplacement.",
    )
    fichier = models.FileField("fichier", upload_to=chemin_du_document, max_length=120, blank=True)
    nom = models.CharField("nom du fichier", max_length=LONGUEUR_DU_NOM)
    format = models.CharField("format", max_length=5, choices=FormatDeFichier.choices)
    taille = models.PositiveBigIntegerField("taille (octets)")
    empreinte = models.CharField("empreinte", max_length=64)
    etat = models.CharField("état", max_length=12, choices=EtatDocument.choices, default=EtatDocument.EN_ANALYSE)
    motif = models.CharField("motif", max_length=200, blank=True)
    essais = models.PositiveSmallIntegerField("analyses manquées", default=0, editable=False)
    prochaine_analyse_le = models.DateTimeField("prochaine analyse le", default=fin_de_la_grace, editable=False)
    controle_le = models.DateTimeField("contenu contrôlé le", null=True, blank=True, editable=False)
    analyse_le = models.DateTimeField("analysé le", null=True, blank=True)
    envoye_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="envoyé par"
    )
    envoye_le = models.DateTimeField("envoyé le", default=timezone.now)
    est_archive = models.BooleanField("archivé", default=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ["est_archive", "-envoye_le", "-pk"]
        indexes = [
            models.Index(
                fields=["prochaine_analyse_le"],
                condition=Q(etat__in=sorted(A_ANALYSER)),
                name="document_a_analyser",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "empreinte"],
                name="document_envoye_une_fois",
                violation_error_message="Ce fichier est déjà dans la bibliothèque de l’organisme.",
            ),
            models.CheckConstraint(
                condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"),
                name="document_empreinte_forme",
                violation_error_message="Une empreinte SHA-256 a soixante-quatre chiffres hexadécimaux.",
            ),
            models.CheckConstraint(
                condition=Q(taille__gt=0),
                name="document_pas_vide",
                violation_error_message="Un document n’est pas vide.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=EtatDocument.values)
                & Q(nature__in=NatureDeDocument.values)
                & Q(format__in=FormatDeFichier.values),
                name="document_etat_nature_format_connus",
                violation_error_message="Cet état, cette nature ou ce format n’existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=sorted(ECARTES), fichier="") & ~Q(motif="")
                | ~Q(etat__in=sorted(ECARTES)) & ~Q(fichier="") & Q(motif=""),
                name="document_ecarte_sans_fichier",
                violation_error_message="Un document écarté a un motif et plus de fichier ; les autres, l’inverse.",
            ),
            models.CheckConstraint(
                condition=Q(annee__isnull=True) | Q(annee__range=(PREMIERE_ANNEE, DERNIERE_ANNEE)),
                name="document_annee_plausible",
                violation_error_message="L’année d’un document va de 1900 à 2100.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="document_contenu_fige",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (OLD.organisme_id, OLD.empreinte, OLD.taille, OLD.format)
                        IS DISTINCT FROM (NEW.organisme_id, NEW.empreinte, NEW.taille, NEW.format)
                        OR (OLD.fichier <> NEW.fichier AND OLD.fichier <> '' AND NEW.fichier <> '') THEN
                        RAISE EXCEPTION 'Le contenu d’un document ne change pas : on en envoie un autre.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'document_contenu_fige';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.intitule} ({self.annee})" if self.annee else self.intitule

    @property
    def est_utilisable(self) -> bool:
        """Se joint, se télécharge et se dépose."""
        return self.etat in UTILISABLES

    @property
    def reste_a_controler(self) -> bool:
        """Ses pièges n’ont pas encore été cherchés."""
        return self.etat == EtatDocument.EN_ANALYSE and self.controle_le is None

    @property
    def raison(self) -> str:
        """Pourquoi il est écarté : la suite d’une phrase dont le fichier est le sujet. Vide s’il ne l’est pas."""
        return f"est infecté ({self.motif})." if self.etat == EtatDocument.INFECTE else self.motif

    @property
    def est_ecarte(self) -> bool:
        """Infecté ou refusé : son fichier est effacé."""
        return self.etat in ECARTES

    @property
    def ton(self) -> str:
        """Le ton de l’état à l’écran."""
        return TONS_DES_DOCUMENTS.get(self.etat, "")

    @property
    def est_d_une_annee_passee(self) -> bool:
        """Couvre une année finie depuis plus d’un an : sans doute à remplacer."""
        return self.annee is not None and self.annee < timezone.localdate().year - 1
