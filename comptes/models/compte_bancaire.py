"""Les comptes bancaires d’un organisme. Un compte s’archive, il ne s’efface pas."""

from django.core.exceptions import ValidationError
from django.db import models

from comptes.models.organisme import Organisme
from comptes.rules.banque import bic_est_valide, iban_est_valide, iban_lisible, iban_masque, pays_concordent


def valider_iban(iban: str) -> None:
    """Lève `ValidationError` si la clé ou la forme est fausse."""
    if not iban_est_valide(iban):
        raise ValidationError("Cet IBAN n’est pas valide : recopiez-le du RIB, clé comprise.", code="iban")


def valider_bic(bic: str) -> None:
    """Lève `ValidationError` si la forme est fausse."""
    if not bic_est_valide(bic):
        raise ValidationError("Ce BIC n’est pas valide : huit ou onze caractères (AGRIFRPP).", code="bic")


class CompteBancaire(models.Model):
    """IBAN et BIC, sans espaces, en majuscules."""

    organisme = models.ForeignKey(
        Organisme, models.PROTECT, related_name="comptes_bancaires", verbose_name="organisme"
    )
    libelle = models.CharField("nom du compte", max_length=60)
    titulaire = models.CharField("titulaire", max_length=120)
    iban = models.CharField("IBAN", max_length=34, validators=[valider_iban])
    bic = models.CharField("BIC", max_length=11, validators=[valider_bic])
    est_archive = models.BooleanField("archivé", default=False)
    cree_le = models.DateTimeField("ajouté le", auto_now_add=True)

    class Meta:
        verbose_name = "compte bancaire"
        verbose_name_plural = "comptes bancaires"
        ordering = ["est_archive", "libelle", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "iban"],
                name="compte_bancaire_unique",
                violation_error_message="Cet IBAN est déjà enregistré pour l’organisme, peut-être archivé.",
            ),
            models.CheckConstraint(
                condition=models.Q(iban__regex=r"^[A-Z]{2}\d{2}[A-Z\d]{11,30}$"),
                name="compte_bancaire_iban_forme",
                violation_error_message="Un IBAN s’écrit sans espaces, en majuscules.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.libelle} ({self.iban_masque})"

    def clean(self) -> None:
        """Lève `ValidationError` si IBAN et BIC, justes tous deux, sont de deux pays."""
        justes = iban_est_valide(self.iban) and bic_est_valide(self.bic)
        if justes and not pays_concordent(self.iban, self.bic):
            phrase = (
                f"Ce BIC est d’une banque d’un autre pays ({self.bic[4:6]}) que l’IBAN ({self.iban[:2]})\u00a0: "
                "recopiez les deux du même RIB."
            )
            raise ValidationError({"bic": ValidationError(phrase, code="pays")})

    @property
    def iban_masque(self) -> str:
        """« FR76 •••• •••• 0189 »."""
        return iban_masque(self.iban)

    @property
    def iban_lisible(self) -> str:
        """L’IBAN entier, par groupes de quatre : pour le service financier seulement."""
        return iban_lisible(self.iban)
