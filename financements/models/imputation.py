"""Sur quelle ligne du budget une subvention s’impute, et ce que cette ligne permet encore d’engager."""

from decimal import Decimal
from typing import Self

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from financements.models.declencheurs import differe
from financements.rules.imputation import sert_pour
from financements.states import CategorieDeBeneficiaire, Norme
from projets.models import AppelAProjets, Axe

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
# Un axe, une catégorie, un exercice : une seule imputation, et de l’appel de l’axe. Différé : une imputation et ses
# rattachements s’écrivent ensemble.
_UNE_SEULE = """
    SELECT x.numero, r.categorie INTO faute
      FROM financements_rattachementdimputation r
      JOIN financements_imputation i ON i.id = r.imputation_id
      JOIN projets_axe x ON x.id = r.axe_id
      JOIN financements_rattachementdimputation a
        ON a.axe_id = r.axe_id AND a.categorie = r.categorie AND a.imputation_id <> r.imputation_id
      JOIN financements_imputation j ON j.id = a.imputation_id
     WHERE i.id = {cle} AND i.premier_exercice <= j.dernier_exercice AND j.premier_exercice <= i.dernier_exercice
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'L’axe % a deux imputations du même exercice pour la même catégorie (%).',
            faute.numero, faute.categorie
            USING ERRCODE = 'check_violation', CONSTRAINT = 'une_seule_imputation';
    END IF;
    IF EXISTS (SELECT 1 FROM financements_rattachementdimputation r
                 JOIN financements_imputation i ON i.id = r.imputation_id
                 JOIN projets_axe x ON x.id = r.axe_id
                WHERE i.id = {cle} AND x.appel_id <> i.appel_id) THEN
        RAISE EXCEPTION 'Une imputation se rattache aux axes de son appel.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'imputation_de_son_appel';
    END IF;
    RETURN NULL;
"""
_FAUTE = [("faute", "record")]


def _chiffres(minimum: int, maximum: int, quoi: str) -> RegexValidator:
    return RegexValidator(rf"^\d{{{minimum},{maximum}}}$", f"{quoi} est fait de {minimum} à {maximum} chiffres.")


class ImputationQuerySet(models.QuerySet["Imputation"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Les imputations se lisent par le pilote, les finances, la lecture et l’administrateur."""
        return self if personne.role in _LECTEURS else self.none()


class Imputation(models.Model):
    """Une ligne du budget, de `premier_exercice` à `dernier_exercice`, et ses engagements (euros).

    `montant_autorise` : les engagements autorisés ; `deja_contracte` : ce qui en est pris hors de cet appel.
    """

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="imputations", verbose_name="appel à projets"
    )
    norme = models.CharField("nomenclature", max_length=3, choices=Norme.choices)
    chapitre = models.CharField("chapitre", max_length=5, validators=[_chiffres(2, 5, "Un chapitre")])
    nature = models.CharField("nature", max_length=8, validators=[_chiffres(3, 8, "Une nature")])
    fonction = models.CharField("fonction", max_length=5, validators=[_chiffres(1, 5, "Une fonction")])
    numero_ae = models.CharField("n° d’autorisation d’engagement", max_length=30, blank=True)
    libelle = models.CharField("libellé", max_length=200)
    gestionnaire = models.CharField("service gestionnaire", max_length=120, blank=True)
    premier_exercice = models.PositiveSmallIntegerField("premier exercice")
    dernier_exercice = models.PositiveSmallIntegerField("dernier exercice")
    montant_autorise = models.DecimalField(
        "engagements autorisés (€)", max_digits=14, decimal_places=2, default=Decimal(0)
    )
    deja_contracte = models.DecimalField("déjà contractés (€)", max_digits=14, decimal_places=2, default=Decimal(0))
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = ImputationQuerySet.as_manager()

    class Meta:
        verbose_name = "imputation"
        ordering = ["appel", "premier_exercice", "chapitre", "fonction", "nature", "numero_ae"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "norme", "chapitre", "fonction", "nature", "numero_ae", "premier_exercice"],
                name="imputation_unique",
                violation_error_message="Cette imputation existe déjà pour cet appel.",
            ),
            models.CheckConstraint(
                condition=Q(montant_autorise__gte=0, deja_contracte__gte=0),
                name="imputation_montants_positifs",
                violation_error_message="Des engagements ne sont pas négatifs.",
            ),
            models.CheckConstraint(
                condition=Q(dernier_exercice__gte=F("premier_exercice")),
                name="imputation_exercices_ordonnes",
                violation_error_message="Le dernier exercice suit le premier.",
            ),
            models.CheckConstraint(
                condition=Q(chapitre__regex=r"^\d+$", nature__regex=r"^\d+$", fonction__regex=r"^\d+$"),
                name="imputation_en_chiffres",
                violation_error_message="Chapitre, nature et fonction s’écrivent en chiffres.",
            ),
        ]
        triggers = [
            differe("imputation_une_seule", pgtrigger.Update, _UNE_SEULE.format(cle="NEW.id"), _FAUTE),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Sa page de réglage (lit `appel`)."""
        return reverse("financements:imputation", args=[self.appel.slug, self.pk])

    @property
    def code(self) -> str:
        """« 9356-564 / 6574 », suivi du numéro d’AE s’il y en a un."""
        ae = f" / AE {self.numero_ae}" if self.numero_ae else ""
        return f"{self.chapitre}-{self.fonction} / {self.nature}{ae}"

    @property
    def disponible(self) -> Decimal:
        """Ce qui peut encore s’engager, avant les propositions (euros)."""
        return self.montant_autorise - self.deja_contracte

    @property
    def exercices(self) -> str:
        """« 2016-2018 », ou « 2016 »."""
        premier, dernier = self.premier_exercice, self.dernier_exercice
        return f"{premier}-{dernier}" if dernier > premier else str(premier)

    @property
    def sert_pour(self) -> list[str]:
        """« axes 1 à 4 : commune, groupement de collectivités » (lit `rattachements__axe`)."""
        return sert_pour((lien.axe.numero, lien.categorie) for lien in self.rattachements.all())


class RattachementDImputation(models.Model):
    """Une imputation sert pour un axe et une catégorie de bénéficiaire."""

    imputation = models.ForeignKey(Imputation, models.CASCADE, related_name="rattachements", verbose_name="imputation")
    axe = models.ForeignKey(Axe, models.CASCADE, related_name="+", verbose_name="axe")
    categorie = models.CharField("catégorie", max_length=12, choices=CategorieDeBeneficiaire.choices)

    class Meta:
        verbose_name = "rattachement d’une imputation"
        verbose_name_plural = "rattachements d’une imputation"
        ordering = ["imputation", "axe", "categorie"]
        constraints = [
            models.UniqueConstraint(
                fields=["imputation", "axe", "categorie"],
                name="rattachement_unique",
                violation_error_message="Cette imputation est déjà rattachée à cet axe et à cette catégorie.",
            ),
            models.CheckConstraint(
                condition=Q(categorie__in=CategorieDeBeneficiaire.values),
                name="rattachement_categorie_connue",
                violation_error_message="Cette catégorie de bénéficiaire n’existe pas.",
            ),
        ]
        triggers = [
            differe(
                "rattachement_une_seule",
                pgtrigger.Insert | pgtrigger.Update,
                _UNE_SEULE.format(cle="NEW.imputation_id"),
                _FAUTE,
            )
        ]

    def __str__(self) -> str:
        return f"axe {self.axe_id}, {self.get_categorie_display()}"
