"""Les notes internes : ce que le service s’écrit sur un projet, et que le porteur ne lit jamais."""

import pgtrigger
from django.db import models
from django.db.models import Q

from comptes.models import Personne
from projets.models.projet import Projet

LONGUEUR_D_UN_COMMENTAIRE = 5000


class CommentaireQuerySet(models.QuerySet["Commentaire"]):
    def en_fil(self) -> "CommentaireQuerySet":
        """Du plus ancien au plus récent, avec leurs auteurs et les personnes nommées."""
        return self.select_related("auteur").prefetch_related("mentions").order_by("ecrit_le", "pk")


class Commentaire(models.Model):
    """Une note interne. Elle ne se modifie pas ; son auteur peut la retirer, sa ligne reste."""

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="commentaires", verbose_name="projet")
    auteur = models.ForeignKey(Personne, models.PROTECT, related_name="+", verbose_name="auteur")
    texte = models.TextField("note interne", max_length=LONGUEUR_D_UN_COMMENTAIRE)
    ecrit_le = models.DateTimeField("écrite le", auto_now_add=True)
    retire_le = models.DateTimeField("retirée le", null=True, blank=True)
    mentions = models.ManyToManyField(Personne, related_name="+", blank=True, verbose_name="personnes prévenues")

    objects = CommentaireQuerySet.as_manager()

    class Meta:
        verbose_name = "note interne"
        verbose_name_plural = "notes internes"
        ordering = ["ecrit_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(texte=""),
                name="commentaire_ecrit",
                violation_error_message="La note est vide.",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="commentaire_garde", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="commentaire_fige", fields=["projet", "auteur", "texte", "ecrit_le"]),
        ]

    def __str__(self) -> str:
        return f"note de {self.auteur} sur le projet {self.projet_id}"
