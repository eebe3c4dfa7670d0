"""La convention d’une action et ses avenants : ce que les deux parties signent."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.fichiers.noms import chemin_au_hasard
from financements.models.action import Action
from financements.models.deliberation import Deliberation
from financements.models.deports import projets_fermes_a
from financements.states.execution import TONS_DES_AVENANTS, TONS_DES_CONVENTIONS, EtatAvenant, EtatConvention

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
_SIGNEES = ("signee", "soldee", "resiliee", "caduque")


def chemin_de_la_convention(_objet: models.Model, nom: str) -> str:
    """« conventions/<hasard>.pdf »."""
    return chemin_au_hasard("conventions", nom)


class ConventionQuerySet(models.QuerySet["Convention"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements les voit toutes ; un porteur, les siennes, éditées, décision notifiée."""
        if personne.role in _LECTEURS:
            return self.exclude(action__projet__in=projets_fermes_a(personne))
        if personne.role == Role.PORTEUR:
            siennes = self.filter(
                action__projet__organisme__adhesions__personne=personne, action__projet__decision_reservee=False
            )
            return siennes.exclude(etat=EtatConvention.PREPARATION)
        return self.none()

    def en_vigueur(self) -> Self:
        """Signées par les deux parties, ni résiliées ni caduques."""
        return self.filter(etat__in=(EtatConvention.SIGNEE, EtatConvention.SOLDEE))


class Convention(models.Model):
    """La convention d’une action. Signée, son texte ne change plus : un avenant la modifie.

    `contenu` : le texte figé à l’édition (JSON), `empreinte` son SHA-256 ; `jeton` : ce que porte le QR de chaque
    page, pour reconnaître un exemplaire numérisé ; `fichier`, `pages` : le PDF produit de ce texte ; `caduque_le` :
    sans démarrage ni justificatif ce jour-là, elle tombe.
    """

    action = models.OneToOneField(Action, models.PROTECT, related_name="convention", verbose_name="action")
    numero = models.CharField("numéro", max_length=80, unique=True, null=True, blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatConvention.choices, default=EtatConvention.PREPARATION)
    debut_le = models.DateField("prend effet le")
    fin_le = models.DateField("prend fin le")
    caduque_le = models.DateField("caduque le", null=True, blank=True)
    taux = models.DecimalField(
        "part du coût éligible que l’aide couvre (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    contenu = models.JSONField("texte figé", null=True, blank=True)
    empreinte = models.CharField("empreinte SHA-256 du texte", max_length=64, blank=True)
    jeton = models.CharField("jeton", max_length=32, unique=True, null=True, blank=True)
    fichier = models.FileField("PDF", upload_to=chemin_de_la_convention, max_length=120, blank=True)
    pages = models.PositiveSmallIntegerField("pages du PDF", null=True, blank=True)
    transmise_le = models.DateField("envoyée à l’organisme pour signature le", null=True, blank=True)
    signee_organisme_le = models.DateField("signée par l’organisme le", null=True, blank=True)
    signee_departement_le = models.DateField("signée par le département le", null=True, blank=True)
    signataire_organisme = models.CharField("signataire de l’organisme", max_length=160, blank=True)
    signataire_departement = models.CharField("signataire du département", max_length=160, blank=True)
    notifiee_le = models.DateField("notifiée à l’organisme le", null=True, blank=True)
    motif_de_fin = models.TextField("motif de la résiliation ou de la caducité", blank=True, max_length=2000)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    creee_le = models.DateTimeField("créée le", auto_now_add=True)
    alerte_le = models.DateField("alerte de caducité envoyée le", null=True, blank=True, editable=False)

    objects = ConventionQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ["action__projet__numero"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin_le__gte=F("debut_le")),
                name="convention_dates_ordonnees",
                violation_error_message="La convention prend fin après avoir pris effet.",
            ),
            models.CheckConstraint(
                condition=Q(taux__isnull=True) | Q(taux__gt=0, taux__lte=100),
                name="convention_taux",
                violation_error_message="Le taux est entre 0 et 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatConvention.PREPARATION) | Q(numero__isnull=False, contenu__isnull=False),
                name="convention_editee_entiere",
                violation_error_message="Une convention éditée a un numéro et un texte figé.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("signee", "soldee", "resiliee"))
                | Q(signee_organisme_le__isnull=False, signee_departement_le__isnull=False),
                name="convention_signee_des_deux",
                violation_error_message="Une convention signée porte les dates des deux signatures.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("resiliee", "caduque")) | Q(motif_de_fin__regex=r"\S"),
                name="convention_fin_motivee",
                violation_error_message="Une résiliation ou une caducité a un motif.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="convention_numerotee_ne_s_efface_pas",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__numero__isnull=False),
            ),
            pgtrigger.Trigger(
                name="convention_signee_figee",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__etat__in=_SIGNEES),
                func="""
                    IF (NEW.numero, NEW.contenu, NEW.empreinte, NEW.jeton, NEW.taux, NEW.debut_le,
                        NEW.signee_organisme_le, NEW.signee_departement_le) IS DISTINCT FROM
                       (OLD.numero, OLD.contenu, OLD.empreinte, OLD.jeton, OLD.taux, OLD.debut_le,
                        OLD.signee_organisme_le, OLD.signee_departement_le) THEN
                        RAISE EXCEPTION 'Une convention signée ne change pas : un avenant la modifie.'
                            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'convention_signee_figee';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Convention {self.numero or 'en préparation'}"

    def get_absolute_url(self) -> str:
        """Sa page (lit `action.projet.appel`)."""
        projet = self.action.projet
        return reverse("financements:convention", args=[projet.appel.slug, projet.numero])

    @property
    def signee_le(self) -> date | None:
        """La date de la dernière signature (celle que publie l’open data), None s’il en manque une."""
        if self.signee_organisme_le is None or self.signee_departement_le is None:
            return None
        return max(self.signee_organisme_le, self.signee_departement_le)

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_CONVENTIONS[self.etat]


class Avenant(models.Model):
    """Ce qui modifie une convention signée. Signé, ses montants deviennent ceux des tranches, au centime.

    `montants_avant`, `montants_apres` : année → euros en texte, vides si l’avenant ne change pas les montants.
    """

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="avenants", verbose_name="convention")
    numero = models.PositiveSmallIntegerField("numéro")
    etat = models.CharField("état", max_length=12, choices=EtatAvenant.choices, default=EtatAvenant.PREPARATION)
    objet = models.TextField("objet", max_length=2000)
    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, null=True, blank=True, related_name="avenants", verbose_name="délibération"
    )
    montants_avant = models.JSONField("montants avant", default=dict)
    montants_apres = models.JSONField("montants après", default=dict)
    fin_le = models.DateField("nouvelle date de fin", null=True, blank=True)
    contenu = models.JSONField("texte figé", null=True, blank=True)
    empreinte = models.CharField("empreinte SHA-256 du texte", max_length=64, blank=True)
    fichier = models.FileField("PDF", upload_to=chemin_de_la_convention, max_length=120, blank=True)
    pages = models.PositiveSmallIntegerField("pages du PDF", null=True, blank=True)
    jeton = models.CharField("jeton", max_length=32, unique=True, null=True, blank=True)
    signe_organisme_le = models.DateField("signé par l’organisme le", null=True, blank=True)
    signe_departement_le = models.DateField("signé par le département le", null=True, blank=True)
    signataire_organisme = models.CharField("signataire de l’organisme", max_length=160, blank=True)
    signataire_departement = models.CharField("signataire du département", max_length=160, blank=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)

    class Meta:
        verbose_name = "avenant"
        ordering = ["convention", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "numero"],
                name="avenant_numero_unique",
                violation_error_message="Cette convention a déjà un avenant de ce numéro.",
            ),
            models.UniqueConstraint(
                fields=["convention"],
                condition=Q(etat__in=("preparation", "edite")),
                name="avenant_un_seul_en_cours",
                violation_error_message="Un avenant est déjà en cours pour cette convention.",
            ),
            models.CheckConstraint(
                condition=Q(objet__regex=r"\S"),
                name="avenant_dit_son_objet",
                violation_error_message="Un avenant dit son objet.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatAvenant.SIGNE)
                | Q(signe_organisme_le__isnull=False, signe_departement_le__isnull=False),
                name="avenant_signe_des_deux",
                violation_error_message="Un avenant signé porte les dates des deux signatures.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="avenant_ne_s_efface_pas",
                operation=pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="avenant_signe_fige",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__etat__in=("signe", "abandonne")),
                func="""
                    -- Son PDF peut finir de se produire après la signature ; rien d’autre ne bouge.
                    IF to_jsonb(NEW) - 'fichier' - 'pages' IS DISTINCT FROM to_jsonb(OLD) - 'fichier' - 'pages' THEN
                        RAISE EXCEPTION 'Un avenant signé ou abandonné ne change plus.'
                            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'avenant_signe_fige';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Avenant n° {self.numero} à la convention {self.convention.numero}"

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_AVENANTS[self.etat]

    @property
    def signe_le(self) -> date | None:
        """La date de la dernière signature, None s’il en manque une."""
        if self.signe_organisme_le is None or self.signe_departement_le is None:
            return None
        return max(self.signe_organisme_le, self.signe_departement_le)
