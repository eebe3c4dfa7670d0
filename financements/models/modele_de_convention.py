"""Le modèle de convention d’un appel : ses articles à variables, qui signe pour le département, les délais."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Personne
from financements.rules.texte_de_convention import articles_fournis
from projets.models import AppelAProjets
from projets.rules.attestations import CER_DEPUIS

SIGNATAIRE = "le président du conseil départemental"
MOIS_DE_CADUCITE = 12
ALERTE = 60  # jours avant la caducité


def articles_par_defaut() -> list[dict[str, str]]:
    """Le texte complet fourni, une liste de {titre, texte}."""
    return articles_fournis(engagement_republicain=True)


class ModeleDeConvention(models.Model):
    """Un par appel. `articles` : [{titre, texte}], `{{ variable }}` dans le texte.

    `dernier_rang` : le dernier numéro donné ; il ne recule jamais, et ne saute pas : il s’écrit avec la convention.
    """

    appel = models.OneToOneField(
        AppelAProjets, models.PROTECT, related_name="modele_de_convention", verbose_name="appel à projets"
    )
    articles = models.JSONField("articles", default=articles_par_defaut)
    signataire = models.CharField("signataire du département (qualité)", max_length=160, default=SIGNATAIRE)
    mois_de_caducite = models.PositiveSmallIntegerField(
        "caducité : mois après la délibération", default=MOIS_DE_CADUCITE
    )
    dernier_rang = models.PositiveIntegerField("dernier numéro donné", default=0, editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    modifie_le = models.DateTimeField("modifié le", null=True, blank=True, editable=False)
    modifie_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="modifié par"
    )

    class Meta:
        verbose_name = "modèle de convention"
        verbose_name_plural = "modèles de convention"
        constraints = [
            models.CheckConstraint(
                condition=Q(mois_de_caducite__gte=1, mois_de_caducite__lte=60),
                name="modele_de_convention_caducite",
                violation_error_message="La caducité vient de un à soixante mois après la délibération.",
            ),
            models.CheckConstraint(
                condition=Q(signataire__regex=r"\S"),
                name="modele_de_convention_signe",
                violation_error_message="Dites qui signe pour le département.",
            ),
        ]

    def __str__(self) -> str:
        return f"Modèle de convention, {self.appel}"

    @classmethod
    def de(cls, appel: AppelAProjets) -> Self:
        """Celui de l’appel ; à défaut celui qui est fourni, pas enregistré."""
        articles = articles_fournis(engagement_republicain=timezone.localdate(appel.ouvre_le) >= CER_DEPUIS)
        return cls.objects.filter(appel=appel).first() or cls(appel=appel, articles=articles)
