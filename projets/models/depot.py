"""La copie figée de ce qui a été déposé, et son récépissé."""

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from comptes.models import Personne
from projets.models.echanges import DemandeDeComplement
from projets.models.fichiers import chemin_du_recepisse
from projets.models.projet import Projet
from projets.rules.depot import Accuse, accuse


class Depot(models.Model):
    """Ce qui a été déposé à un instant, entier : formulaire, pièces et leurs empreintes. La base refuse d’y toucher.

    `version` : 1 au dépôt, puis une de plus à chaque complément. `empreinte` : SHA-256 (hexadécimal) du contenu,
    clés triées, sans espaces, en UTF-8.
    """

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="depots", verbose_name="projet")
    version = models.PositiveSmallIntegerField("version", default=1)
    depose_le = models.DateTimeField("déposé le")
    depose_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposé par"
    )
    contenu = models.JSONField("contenu", encoder=DjangoJSONEncoder)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "dépôt"
        ordering = ["projet", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "version"],
                name="depot_version_unique",
                violation_error_message="Cette version du dépôt existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"),
                name="depot_empreinte_forme",
                violation_error_message="Une empreinte SHA-256 a soixante-quatre chiffres hexadécimaux.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="depot_fige", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"dépôt {self.version} du projet {self.projet_id}"


class Recepisse(models.Model):
    """L’accusé de réception en PDF d’un dépôt (CRPA, art. L112-11 et R112-11-1), produit hors de la requête."""

    depot = models.OneToOneField(Depot, models.PROTECT, related_name="recepisse", verbose_name="dépôt")
    fichier = models.FileField("fichier", upload_to=chemin_du_recepisse, max_length=120)
    empreinte = models.CharField("empreinte", max_length=64)
    produit_le = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "récépissé"

    def __str__(self) -> str:
        return f"récépissé du {self.depot}"


def accuse_du_depot(depot: Depot) -> Accuse:
    """Ce que porte l’accusé de réception de ce dépôt ; le délai part du premier dépôt du projet."""
    premier = depot.projet.depose_le or depot.depose_le
    demandes = DemandeDeComplement.objects.filter(projet=depot.projet_id, demandee_le__lt=depot.depose_le)
    return accuse(
        depot.contenu,
        version=depot.version,
        premier_depot=premier,
        empreinte=depot.empreinte,
        suspensions=[demande.suspension for demande in demandes] if depot.version > 1 else [],
    )
