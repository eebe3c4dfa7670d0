"""Ce que l’on a tapé dans un projet, champ par champ, tel quel : même ce qui n’est pas encore juste se garde."""

from django.db import models

from comptes.models import Personne
from projets.models.projet import Projet


class Saisie(models.Model):
    """La dernière valeur tapée d’un champ, par qui et quand. Elle devient une donnée typée au dépôt.

    `valeur` : un texte, ou une liste de textes pour un choix multiple. `version` : celle que cette saisie a donnée au
    projet ; une page ouverte à la version n demande ainsi ce qui a changé depuis.
    """

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="saisies", verbose_name="projet")
    champ = models.CharField("champ", max_length=60)
    valeur = models.JSONField("valeur")
    auteur = models.ForeignKey(
        Personne, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="auteur"
    )
    saisie_le = models.DateTimeField("saisie le")
    version = models.PositiveIntegerField("version du projet", default=1, editable=False)

    class Meta:
        verbose_name = "saisie"
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "champ"],
                name="saisie_unique",
                violation_error_message="Ce champ du projet a déjà une saisie.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.champ} du projet {self.projet_id}"
