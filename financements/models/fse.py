"""Le FSE d’une action, opération par opération, ses attestations, et le registre des aides de minimis."""

from typing import Self

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from comptes.models import Organisme, Personne
from comptes.states import Role
from config.socle.declencheurs import en_ajout_seul
from config.socle.fichiers.noms import chemin_au_hasard
from financements.models.action import Action, ContrepartieFse
from financements.models.declencheurs import differe
from financements.rules.de_minimis import Seuil
from financements.states.fse import OrigineDAide, RegimeDeMinimis

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
# De chaque opération compte la plus grande des deux parts : la sienne, et celle que déclare sa dernière attestation.
# Une réduction de l’aide peut passer sous ce qui est attesté : n’est alors refusé que ce qui en prendrait davantage.
_ATTESTE = """(SELECT a.montant_mobilise FROM financements_attestationfse a
                WHERE a.operation_id = {operation} ORDER BY a.id DESC LIMIT 1)"""
_UNE_SEULE_FOIS = """
    FOR cible IN SELECT DISTINCT x FROM unnest(ARRAY[{cles}]) AS x WHERE x IS NOT NULL LOOP
        SELECT c.action_id, c.montant_mobilise,
               COALESCE((SELECT sum(t.montant) FROM financements_tranche t WHERE t.action_id = c.action_id), 0),
               COALESCE((SELECT sum(o.montant_mobilise) FROM financements_operationfse o
                          WHERE o.contrepartie_id = c.id), 0),
               COALESCE((SELECT sum(GREATEST(o.montant_mobilise, {atteste})) FROM financements_operationfse o
                          WHERE o.contrepartie_id = c.id), 0)
          INTO action, dite, attribue, somme, retenu
          FROM financements_contrepartiefse c WHERE c.id = cible;
        IF FOUND AND retenu > attribue AND ({prend_plus}) THEN
            RAISE EXCEPTION 'Les opérations du FSE mobilisent % €, plus que l’aide attribuée (% €).', retenu, attribue
                USING ERRCODE = 'check_violation', CONSTRAINT = 'operations_au_plus_l_aide';
        END IF;
        IF FOUND AND somme <> dite AND EXISTS (
            SELECT 1 FROM financements_operationfse o WHERE o.contrepartie_id = cible) THEN
            RAISE EXCEPTION 'La contrepartie (% €) est la somme de ses opérations (% €).', dite, somme
                USING ERRCODE = 'check_violation', CONSTRAINT = 'contrepartie_somme_des_operations';
        END IF;
    END LOOP;
    RETURN NULL;
"""
_SA_CONTREPARTIE = "(SELECT o.contrepartie_id FROM financements_operationfse o WHERE o.id = NEW.operation_id)"
_PLUS_QUE_SON_OPERATION = """NEW.montant_mobilise > (
            SELECT o.montant_mobilise FROM financements_operationfse o WHERE o.id = NEW.operation_id)"""
_SOMMES = [
    ("cible", "bigint"),
    ("action", "bigint"),
    ("dite", "numeric"),
    ("attribue", "numeric"),
    ("somme", "numeric"),
    ("retenu", "numeric"),
]


def chemin_de_l_attestation(_attestation: models.Model, nom: str) -> str:
    """« attestations/<hasard>.pdf »."""
    return chemin_au_hasard("attestations", nom)


class OperationFse(models.Model):
    """Une opération du FSE que notre aide cofinance. Montants en euros, taux du FSE en pour cent du coût éligible."""

    contrepartie = models.ForeignKey(
        ContrepartieFse, models.CASCADE, related_name="operations", verbose_name="contrepartie"
    )
    numero = models.CharField("numéro d’opération (Ma démarche FSE)", max_length=40)
    cout_eligible = models.DecimalField("coût total éligible (€)", max_digits=12, decimal_places=2)
    taux = models.DecimalField("taux de cofinancement du FSE (%)", max_digits=5, decimal_places=2)
    debut_le = models.DateField("début de réalisation")
    fin_le = models.DateField("fin de réalisation")
    montant_mobilise = models.DecimalField(
        "part de l’aide départementale mobilisée (€)", max_digits=12, decimal_places=2
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "opération du FSE"
        verbose_name_plural = "opérations du FSE"
        ordering = ["contrepartie", "debut_le", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["contrepartie", "numero"],
                name="operation_fse_unique",
                violation_error_message="Cette opération est déjà enregistrée pour l’action.",
            ),
            models.CheckConstraint(
                condition=Q(cout_eligible__gt=0, taux__gt=0, taux__lte=100, montant_mobilise__gt=0),
                name="operation_fse_bornes",
                violation_error_message="Coût, taux et montant mobilisé sont positifs ; le taux ne dépasse pas 100.",
            ),
            models.CheckConstraint(
                condition=Q(fin_le__gte=F("debut_le")),
                name="operation_fse_dans_l_ordre",
                violation_error_message="La fin de réalisation vient après le début.",
            ),
            models.CheckConstraint(
                condition=Q(montant_mobilise__lte=F("cout_eligible") * (100 - F("taux")) / 100),
                name="operation_fse_contrepartie_au_plus",
                violation_error_message="La contrepartie ne dépasse pas ce que le FSE laisse du coût éligible.",
            ),
        ]
        triggers = [
            differe(
                "operation_fse_une_seule_fois",
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                _UNE_SEULE_FOIS.format(
                    cles="NEW.contrepartie_id, OLD.contrepartie_id",
                    atteste=_ATTESTE.format(operation="o.id"),
                    prend_plus="(cible = NEW.contrepartie_id AND cible IS DISTINCT FROM OLD.contrepartie_id) OR "
                    f"NEW.montant_mobilise > GREATEST(OLD.montant_mobilise, {_ATTESTE.format(operation='NEW.id')})",
                ),
                _SOMMES,
            )
        ]

    def __str__(self) -> str:
        return f"opération {self.numero}"


class AttestationFse(models.Model):
    """L’attestation de cofinancement d’une opération : numérotée, figée. `contenu` : ce qu’elle dit, en textes."""

    operation = models.ForeignKey(OperationFse, models.PROTECT, related_name="attestations", verbose_name="opération")
    action = models.ForeignKey(Action, models.PROTECT, related_name="attestations_fse", verbose_name="action")
    numero = models.CharField("numéro", max_length=40, unique=True)
    montant_mobilise = models.DecimalField("part de l’aide déclarée (€)", max_digits=12, decimal_places=2)
    contenu = models.JSONField("contenu", encoder=DjangoJSONEncoder)
    empreinte = models.CharField("empreinte", max_length=64)
    etablie_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="établie par"
    )
    etablie_le = models.DateTimeField("établie le")

    class Meta:
        verbose_name = "attestation de cofinancement"
        verbose_name_plural = "attestations de cofinancement"
        ordering = ["-pk"]
        triggers = [
            *en_ajout_seul("attestation_fse", "Les attestations ne se vident pas."),
            differe(
                "attestation_fse_une_seule_fois",
                pgtrigger.Insert,
                _UNE_SEULE_FOIS.format(
                    cles=_SA_CONTREPARTIE,
                    atteste=_ATTESTE.format(operation="o.id"),
                    prend_plus=_PLUS_QUE_SON_OPERATION,
                ),
                _SOMMES,
            ),
        ]

    def __str__(self) -> str:
        return self.numero


class PdfDAttestation(models.Model):
    """Le PDF d’une attestation, produit hors de la requête."""

    attestation = models.OneToOneField(AttestationFse, models.PROTECT, related_name="pdf", verbose_name="attestation")
    fichier = models.FileField("fichier", upload_to=chemin_de_l_attestation, max_length=120)
    produit_le = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "PDF d’une attestation"
        verbose_name_plural = "PDF des attestations"
        triggers = en_ajout_seul("pdf_d_attestation", "Les attestations ne se vident pas.")

    def __str__(self) -> str:
        return f"PDF de {self.attestation_id}"


class SeuilDeMinimis(models.Model):
    """Un plafond daté, et le texte qui le fixe, en ajout seul : sans `au`, il vaut jusqu’au suivant de son régime.

    `est_glissant` : trois années glissantes, sinon trois exercices.
    """

    regime = models.CharField("régime", max_length=10, choices=RegimeDeMinimis.choices)
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)
    plafond = models.DecimalField("plafond (€)", max_digits=12, decimal_places=2)
    est_glissant = models.BooleanField("sur trois années glissantes")
    source = models.CharField("source", max_length=200)

    class Meta:
        verbose_name = "seuil de minimis"
        verbose_name_plural = "seuils de minimis"
        ordering = ["regime", "du"]
        constraints = [
            models.UniqueConstraint(
                fields=["regime", "du"],
                name="seuil_de_minimis_unique",
                violation_error_message="Ce régime a déjà un seuil à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(plafond__gt=0),
                name="seuil_de_minimis_positif",
                violation_error_message="Un plafond est positif.",
            ),
        ]
        triggers = en_ajout_seul("seuil_de_minimis", "Les plafonds de minimis ne se vident pas.")

    def __str__(self) -> str:
        return f"{self.get_regime_display()} : {self.plafond} € depuis le {self.du:%d/%m/%Y}"

    @property
    def regle(self) -> Seuil:
        """Pour les calculs, en centimes."""
        return Seuil(self.regime, self.du, self.au, int(self.plafond * 100), self.est_glissant)


class AideDeMinimisQuerySet(models.QuerySet["AideDeMinimis"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements."""
        return self if personne.role in _LECTEURS else self.none()


class AideDeMinimis(models.Model):
    """Une aide de minimis d’une entreprise (par SIREN), la nôtre ou celle qu’elle déclare (euros).

    `action` : celle dont c’est l’aide, notée depuis sa page.
    """

    siren = models.CharField(
        "SIREN", max_length=9, validators=[RegexValidator(r"^\d{9}$", "Un SIREN a neuf chiffres.")], db_index=True
    )
    organisme = models.ForeignKey(
        Organisme, models.PROTECT, null=True, blank=True, related_name="aides_de_minimis", verbose_name="organisme"
    )
    action = models.ForeignKey(
        Action, models.SET_NULL, null=True, blank=True, related_name="aides_de_minimis", verbose_name="action"
    )
    regime = models.CharField("régime", max_length=10, choices=RegimeDeMinimis.choices)
    origine = models.CharField("origine", max_length=12, choices=OrigineDAide.choices)
    autorite = models.CharField("autorité qui l’accorde", max_length=120)
    reference = models.CharField("décision ou convention", max_length=80, blank=True)
    accordee_le = models.DateField("accordée le")
    montant = models.DecimalField("montant (équivalent-subvention brut, €)", max_digits=12, decimal_places=2)
    saisie_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="saisie par"
    )
    saisie_le = models.DateTimeField("saisie le", auto_now_add=True)

    objects = AideDeMinimisQuerySet.as_manager()

    class Meta:
        verbose_name = "aide de minimis"
        verbose_name_plural = "aides de minimis"
        ordering = ["siren", "accordee_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(siren__regex=r"^\d{9}$"),
                name="aide_de_minimis_siren",
                violation_error_message="Un SIREN a neuf chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="aide_de_minimis_positive",
                violation_error_message="Une aide est d’un montant positif.",
            ),
            models.CheckConstraint(
                condition=Q(action__isnull=True) | Q(origine=OrigineDAide.DEPARTEMENT),
                name="aide_de_minimis_d_une_action_est_la_notre",
                violation_error_message="L’aide d’une de nos actions est la nôtre.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.siren} : {self.montant} € le {self.accordee_le:%d/%m/%Y}"
