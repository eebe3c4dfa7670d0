"""Ce qu’un bilan contient : saisies, indicateurs, effectifs agrégés, pièces, copies déposées, relances."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comptes.models import Document, Personne
from config.socle.declencheurs import en_ajout_seul
from config.socle.fichiers.noms import chemin_au_hasard
from financements.models.bilan import Bilan
from financements.models.declencheurs_du_bilan import piece_de_bilan_du_meme_organisme
from financements.rules.effectifs import SEUIL, Effectif
from financements.states.bilans import Critere


def chemin_de_la_copie(_copie: models.Model, nom: str) -> str:
    """« bilans/<hasard>.pdf »."""
    return chemin_au_hasard("bilans", nom)


class SaisieDeBilan(models.Model):
    """La dernière valeur tapée d’un champ, par qui et quand ; un effectif de 1 à 4 n’y entre jamais en clair."""

    bilan = models.ForeignKey(Bilan, models.CASCADE, related_name="saisies", verbose_name="bilan")
    champ = models.CharField("champ", max_length=60)
    valeur = models.JSONField("valeur")
    auteur = models.ForeignKey(
        Personne, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="auteur"
    )
    saisie_le = models.DateTimeField("saisie le")
    version = models.PositiveIntegerField("version du bilan", default=1, editable=False)

    class Meta:
        verbose_name = "saisie d’un bilan"
        verbose_name_plural = "saisies d’un bilan"
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "champ"],
                name="saisie_de_bilan_unique",
                violation_error_message="Ce champ du bilan a déjà une saisie.",
            ),
            models.CheckConstraint(
                condition=~Q(champ__startswith="effectif_") | ~Q(valeur__in=["1", "2", "3", "4"]),
                name="saisie_de_bilan_sans_petit_effectif",
                violation_error_message="Un effectif de 1 à 4 ne se garde pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.champ} du bilan {self.bilan_id}"


class _Mesure(models.Model):
    """Un nombre, ou sa marque s’il ne se dit pas (« < 5 », « nc »)."""

    marque = models.CharField("marque", max_length=3, blank=True, editable=False)

    class Meta:
        abstract = True


class IndicateurDeBilan(_Mesure):
    """Un indicateur et sa cible, figés à l’ouverture, et ce qui a été atteint, écrit au dépôt."""

    bilan = models.ForeignKey(Bilan, models.CASCADE, related_name="indicateurs", verbose_name="bilan")
    rang = models.PositiveSmallIntegerField("rang")
    libelle = models.CharField("indicateur", max_length=200)
    unite = models.CharField("unité", max_length=40, blank=True)
    est_un_effectif = models.BooleanField("compte des personnes", default=False)
    prevu = models.DecimalField("prévu", max_digits=12, decimal_places=2, null=True, blank=True)
    realise = models.DecimalField("réalisé", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "indicateur d’un bilan"
        verbose_name_plural = "indicateurs d’un bilan"
        ordering = ["bilan", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "rang"],
                name="indicateur_de_bilan_unique",
                violation_error_message="Deux indicateurs de ce bilan ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(est_un_effectif=False) | Q(realise__isnull=True) | Q(realise=0) | Q(realise__gte=SEUIL),
                name="indicateur_jamais_sous_cinq",
                violation_error_message="Un effectif de 1 à 4 ne se garde pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.libelle} : {self.realise}"


class EffectifDeBilan(_Mesure):
    """Combien de personnes, par sexe, âge ou sortie : des agrégats, jamais une personne."""

    bilan = models.ForeignKey(Bilan, models.CASCADE, related_name="effectifs", verbose_name="bilan")
    critere = models.CharField("critère", max_length=20, choices=Critere.choices)
    nombre = models.PositiveIntegerField("nombre", null=True, blank=True)

    class Meta:
        verbose_name = "effectif d’un bilan"
        verbose_name_plural = "effectifs d’un bilan"
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "critere"],
                name="effectif_de_bilan_unique",
                violation_error_message="Ce bilan a déjà cet effectif.",
            ),
            models.CheckConstraint(
                condition=Q(nombre__isnull=True) & ~Q(marque="")
                | Q(marque="", nombre=0)
                | Q(marque="", nombre__gte=SEUIL),
                name="effectif_jamais_sous_cinq",
                violation_error_message="Un effectif de 1 à 4 ne se garde pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_critere_display()} : {self.effectif}"

    @property
    def effectif(self) -> Effectif:
        """Ce qui se montre."""
        return Effectif(self.nombre, self.marque)


class PieceDeBilan(models.Model):
    """Un document de la bibliothèque de l’organisme joint au bilan."""

    bilan = models.ForeignKey(Bilan, models.CASCADE, related_name="pieces", verbose_name="bilan")
    document = models.ForeignKey(Document, models.PROTECT, related_name="bilans", verbose_name="document")
    jointe_par = models.ForeignKey(
        Personne, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="jointe par"
    )
    jointe_le = models.DateTimeField("jointe le", default=timezone.now)

    class Meta:
        verbose_name = "pièce d’un bilan"
        verbose_name_plural = "pièces d’un bilan"
        ordering = ["jointe_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "document"],
                name="piece_de_bilan_unique",
                violation_error_message="Ce document est déjà joint à ce bilan.",
            )
        ]
        triggers = [piece_de_bilan_du_meme_organisme()]

    def __str__(self) -> str:
        return f"{self.document} du bilan {self.bilan_id}"


class CopieDeBilan(models.Model):
    """Ce qui a été déposé à un instant, entier ; la base refuse d’y toucher. `version` : 1, puis une par correction.

    `empreinte` : SHA-256 (hexadécimal) du contenu, clés triées, sans espaces, en UTF-8.
    """

    bilan = models.ForeignKey(Bilan, models.PROTECT, related_name="copies", verbose_name="bilan")
    version = models.PositiveSmallIntegerField("version", default=1)
    deposee_le = models.DateTimeField("déposée le")
    deposee_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposée par"
    )
    contenu = models.JSONField("contenu", encoder=DjangoJSONEncoder)
    empreinte = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "copie d’un bilan"
        verbose_name_plural = "copies d’un bilan"
        ordering = ["bilan", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "version"],
                name="copie_de_bilan_unique",
                violation_error_message="Cette version du bilan existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"),
                name="copie_de_bilan_empreinte",
                violation_error_message="Une empreinte SHA-256 a soixante-quatre chiffres hexadécimaux.",
            ),
        ]
        triggers = en_ajout_seul("copie_de_bilan", "Ce qui a été déposé ne se vide pas.")

    def __str__(self) -> str:
        return f"version {self.version} du bilan {self.bilan_id}"

    @property
    def nom_de_fichier(self) -> str:
        """« bilan-2016-AAP16-0012-v1.pdf »."""
        return f"bilan-{self.contenu['annee']}-{self.contenu['reference']}-v{self.version}.pdf"


class PdfDeBilan(models.Model):
    """Le récépissé et le compte rendu d’une copie (Cerfa 15059), en PDF balisé, produit hors de la requête."""

    copie = models.OneToOneField(CopieDeBilan, models.PROTECT, related_name="pdf", verbose_name="copie")
    fichier = models.FileField("fichier", upload_to=chemin_de_la_copie, max_length=120)
    empreinte = models.CharField("empreinte", max_length=64)
    produit_le = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "PDF d’un bilan"
        verbose_name_plural = "PDF des bilans"
        triggers = en_ajout_seul("pdf_de_bilan", "Les PDF déposés ne se vident pas.")

    def __str__(self) -> str:
        return f"PDF de la {self.copie}"


class RelanceDeBilan(models.Model):
    """Une relance faite : ce qui empêche de la refaire. `jours` : autour de l’échéance (−30, −7, +1, +30)."""

    bilan = models.ForeignKey(Bilan, models.CASCADE, related_name="relances", verbose_name="bilan")
    jours = models.SmallIntegerField("jours")
    pour_le = models.DateField("échéance rappelée")
    faite_le = models.DateTimeField("faite le", auto_now_add=True)

    class Meta:
        verbose_name = "relance d’un bilan"
        verbose_name_plural = "relances d’un bilan"
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "jours", "pour_le"],
                name="relance_de_bilan_une_fois",
                violation_error_message="Cette relance est déjà faite.",
            )
        ]

    def __str__(self) -> str:
        return f"relance {self.jours:+} du bilan {self.bilan_id}"
