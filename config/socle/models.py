"""Le journal, en ajout seul, ses sceaux quotidiens, et le travail long abstrait."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from config.socle.declencheurs import en_ajout_seul
from config.socle.travaux import ACTIFS, EtatTravail

EMPREINTE = r"^[0-9a-f]{64}$"


class Journal(models.Model):
    """Une ligne par acte : qui, quoi, quand, avant, après. PostgreSQL refuse de la modifier ou de la supprimer."""

    quand = models.DateTimeField("quand", auto_now_add=True, db_index=True)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="auteur", related_name="+"
    )
    acte = models.CharField("acte", max_length=60)
    objet_type = models.CharField("sorte d’objet", max_length=60)
    objet_id = models.CharField("identifiant de l’objet", max_length=40)
    objet_libelle = models.CharField("objet", max_length=300)
    avant = models.JSONField("avant", null=True, blank=True, encoder=DjangoJSONEncoder)
    apres = models.JSONField("après", null=True, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        ordering = ["-id"]
        indexes = [models.Index(fields=["objet_type", "objet_id"], name="journal_par_objet")]
        triggers = en_ajout_seul("journal", "Le journal ne se vide pas.")

    def __str__(self) -> str:
        return f"{self.quand:%d/%m/%Y %H:%M} {self.acte} {self.objet_libelle}"


class SceauDuJournal(models.Model):
    """L’empreinte d’une journée du journal, chaînée à celle de la veille ; PostgreSQL refuse d’y toucher.

    Un jour sans acte a son sceau, vide : un sceau retiré laisse un trou qui se voit. `empreinte` et `precedente` :
    SHA-256 (hexadécimal) ; `releve` : de quoi nommer la première ligne fautive (`config.socle.sceaux`).
    """

    jour = models.DateField("jour", unique=True)
    premier_id = models.BigIntegerField("première ligne", null=True)
    dernier_id = models.BigIntegerField("dernière ligne", null=True)
    nombre = models.PositiveIntegerField("nombre de lignes")
    precedente = models.CharField("empreinte précédente", max_length=64, unique=True)
    empreinte = models.CharField("empreinte", max_length=64)
    releve = models.BinaryField("relevé des lignes")
    scelle_le = models.DateTimeField("scellé le", auto_now_add=True)

    class Meta:
        verbose_name = "sceau du journal"
        verbose_name_plural = "sceaux du journal"
        ordering = ["jour"]
        constraints = [
            models.CheckConstraint(
                condition=Q(empreinte__regex=EMPREINTE) & Q(precedente__regex=EMPREINTE),
                name="sceau_empreintes_forme",
                violation_error_message="Une empreinte SHA-256 a soixante-quatre chiffres hexadécimaux.",
            ),
            models.CheckConstraint(
                condition=Q(nombre=0, premier_id__isnull=True, dernier_id__isnull=True)
                | Q(nombre__gt=0, premier_id__isnull=False, dernier_id__gte=F("premier_id")),
                name="sceau_bornes_coherentes",
                violation_error_message="Un jour sans ligne n’a pas de bornes ; les autres ont une première et une "
                "dernière ligne.",
            ),
        ]
        triggers = en_ajout_seul("sceau", "Le journal ne se vide pas.")

    def __str__(self) -> str:
        return f"sceau du {self.jour:%d/%m/%Y}"


class Travail(models.Model):
    """Travail long exécuté par un processus à part : avancement, annulation, échec dit honnêtement.

    `progression` va de 0 à 100. `battement_le` est la dernière preuve de vie : un travail « en cours » muet
    trop longtemps est repris (son processus est mort), `essais` compte les départs.
    """

    Etat = EtatTravail

    etat = models.CharField("état", max_length=12, choices=EtatTravail.choices, default=EtatTravail.EN_ATTENTE)
    progression = models.PositiveSmallIntegerField("progression (%)", default=0)
    etape = models.CharField("étape", max_length=200, blank=True)
    message = models.TextField("message", blank=True)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    annulation_demandee = models.BooleanField("annulation demandée", default=False)
    demande_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="demandé par", related_name="+"
    )
    demande_le = models.DateTimeField("demandé le", auto_now_add=True)
    commence_le = models.DateTimeField("commencé le", null=True, blank=True)
    battement_le = models.DateTimeField("dernier signe de vie", null=True, blank=True)
    fini_le = models.DateTimeField("fini le", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(progression__lte=100),
                name="%(class)s_progression_max_100",
                violation_error_message="La progression ne dépasse pas 100 %.",
            ),
        ]

    @property
    def est_actif(self) -> bool:
        """Vrai tant que le travail attend ou avance."""
        return self.etat in ACTIFS
