"""Ce qui entoure l’enveloppe : ses révisions, et les crédits de l’année à laquelle on la compare."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from comptes.models import Personne
from config.socle.declencheurs import en_ajout_seul
from financements.models.deliberation import Deliberation
from financements.models.enveloppe import Enveloppe
from projets.models import AppelAProjets
from projets.states import Volet
from territoires.models import Territoire


class RevisionEnveloppe(models.Model):
    """Un acte daté qui change l’autorisation d’engagement et ses crédits de paiement (CGCT L3312-4).

    `cp_avant`, `cp_apres` : année → euros, en texte. `numero` : 1 pour la première révision de l’enveloppe.
    """

    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="revisions", verbose_name="enveloppe")
    numero = models.PositiveSmallIntegerField("numéro")
    ae_avant = models.DecimalField("autorisation d’engagement avant (€)", max_digits=14, decimal_places=2)
    ae_apres = models.DecimalField("autorisation d’engagement après (€)", max_digits=14, decimal_places=2)
    cp_avant = models.JSONField("crédits de paiement avant")
    cp_apres = models.JSONField("crédits de paiement après")
    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="+", verbose_name="délibération")
    motif = models.TextField("motif")
    faite_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="faite par"
    )
    faite_le = models.DateTimeField("faite le", auto_now_add=True)

    class Meta:
        verbose_name = "révision de l’enveloppe"
        verbose_name_plural = "révisions de l’enveloppe"
        ordering = ["-numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["enveloppe", "numero"],
                name="revision_numero_unique",
                violation_error_message="Cette enveloppe a déjà une révision de ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(motif__regex=r"\S"),
                name="revision_motivee",
                violation_error_message="Une révision a un motif.",
            ),
            models.CheckConstraint(
                condition=~Q(cp_avant=F("cp_apres")),
                name="revision_change_quelque_chose",
                violation_error_message="Une révision change au moins une année.",
            ),
        ]
        triggers = en_ajout_seul(
            "revision", "Les révisions ne se vident pas.", refus="Une révision votée ne se modifie ni ne s’efface."
        )

    def __str__(self) -> str:
        return f"Révision n° {self.numero}"

    @property
    def ecart(self) -> Decimal:
        """Ce que l’autorisation d’engagement gagne (euros), négatif si elle baisse."""
        return self.ae_apres - self.ae_avant

    @property
    def changements(self) -> list[tuple[str, Decimal | None, Decimal]]:
        """(année, avant, après) des années qui changent ; avant None pour une année nouvelle."""
        return [
            (annee, Decimal(self.cp_avant[annee]) if annee in self.cp_avant else None, Decimal(apres))
            for annee, apres in self.cp_apres.items()
            if self.cp_avant.get(annee) != apres
        ]


class CreditDeReference(models.Model):
    """Ce qu’un territoire recevait l’année de comparaison (euros) ; `volet` vide : les deux ensemble."""

    appel = models.ForeignKey(
        AppelAProjets, models.PROTECT, related_name="credits_de_reference", verbose_name="appel à projets"
    )
    annee = models.PositiveSmallIntegerField("année")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="+", verbose_name="territoire")
    volet = models.CharField("volet", max_length=15, choices=Volet.choices, blank=True)
    montant = models.DecimalField("montant (€)", max_digits=14, decimal_places=2)
    source = models.CharField("source", max_length=300)
    est_fictif = models.BooleanField("valeurs inventées", default=False)

    class Meta:
        verbose_name = "crédit de référence"
        verbose_name_plural = "crédits de référence"
        ordering = ["appel", "annee", "territoire", "volet"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "annee", "territoire", "volet"],
                name="credit_de_reference_unique",
                violation_error_message="Ce territoire a déjà ses crédits de cette année.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="credit_de_reference_positif",
                violation_error_message="Des crédits ne sont pas négatifs.",
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="credit_de_reference_source_dite",
                violation_error_message="La source des crédits de référence est obligatoire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annee}, territoire {self.territoire_id} : {self.montant} €"
