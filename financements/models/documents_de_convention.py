"""Les travaux des conventions : éditer en lot, produire des PDF, lire des exemplaires signés."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from config.socle.fichiers.noms import chemin_au_hasard
from config.socle.models import Travail
from config.socle.travaux import ACTIFS
from financements.models.action import Action
from financements.models.convention import Avenant, Convention, chemin_de_la_convention
from financements.models.deliberation import Deliberation
from financements.models.deports import projets_fermes_a
from financements.states.execution import SorteDeLotDeConventions, SorteDeTirage
from projets.models import AppelAProjets

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


def chemin_du_retour(_objet: models.Model, nom: str) -> str:
    """« conventions-signees/<hasard>.pdf »."""
    return chemin_au_hasard("conventions-signees", nom)


class TravailQuerySet(models.QuerySet[Any]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements."""
        return self if personne.role in _LECTEURS else self.none()


class TirageQuerySet(models.QuerySet["TirageDeConventions"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements, sauf déport : ni celui du projet, ni le lot d’un autre, qui peut le contenir."""
        if personne.role not in _LECTEURS:
            return self.none()
        fermes = projets_fermes_a(personne)
        sauf_seuls = self.exclude(convention__action__projet__in=fermes)
        return sauf_seuls.exclude(
            ~Q(demande_par=personne), deliberation__in=Action.objects.filter(projet__in=fermes).values("deliberation")
        )


class LotDeConventions(Travail):
    """Éditer les conventions d’une délibération, ou enregistrer leurs signatures.

    `signatures` : les dates (AAAA-MM-JJ) et le signataire, pour toutes ; `compte_rendu` : [numéro du projet, est
    faite, pourquoi], en ajout seul ; un lot repris y redit ce qui était refusé, `lignes` n’en garde qu’une par projet.
    """

    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, related_name="lots_de_conventions", verbose_name="délibération"
    )
    sorte = models.CharField(
        "sorte", max_length=9, choices=SorteDeLotDeConventions.choices, default=SorteDeLotDeConventions.EDITION
    )
    seulement_revenues = models.BooleanField("seulement celles qui sont revenues entières", default=False)
    signatures = models.JSONField("signatures", null=True, blank=True)
    facultatives = models.BooleanField("même celles que la loi ne demande pas", default=False)
    compte_rendu = models.JSONField("compte rendu", default=list)

    objects = TravailQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "lot de conventions"
        verbose_name_plural = "lots de conventions"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["deliberation"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="lot_de_conventions_un_a_la_fois",
                violation_error_message="Un lot est déjà en cours pour cette délibération.",
            ),
            models.CheckConstraint(
                condition=Q(sorte="edition", signatures__isnull=True) | Q(sorte="signature", signatures__isnull=False),
                name="lot_de_conventions_signe_quoi",
                violation_error_message="Un lot de signatures dit leurs dates.",
            ),
        ]

    def __str__(self) -> str:
        quoi = "Signatures des conventions" if self.signe else "Conventions"
        return f"{quoi} de {self.deliberation}"

    @property
    def signe(self) -> bool:
        """Vrai s’il enregistre des signatures."""
        return self.sorte == SorteDeLotDeConventions.SIGNATURE

    @property
    def fait(self) -> str:
        """Ce qui est fait de ses conventions : « éditées », « signées »."""
        return "signées" if self.signe else "éditées"

    @property
    def lignes(self) -> dict[int, tuple[bool, str]]:
        """Numéro du projet → (est faite, pourquoi) : ce qui est fait le reste, un refus cède au suivant."""
        dites: dict[int, tuple[bool, str]] = {}
        for numero, faite, phrase in self.compte_rendu:
            if faite or not dites.get(numero, (False, ""))[0]:
                dites[numero] = (faite, phrase)
        return dites

    @property
    def faites(self) -> int:
        """Combien sont éditées, ou signées."""
        return sum(1 for faite, _ in self.lignes.values() if faite)

    @property
    def refusees(self) -> list[tuple[int, str]]:
        """(numéro du projet, pourquoi) de celles qui ne l’ont pas été."""
        return [(numero, phrase) for numero, (faite, phrase) in self.lignes.items() if not faite]


class TirageDeConventions(Travail):
    """Un tirage : celui d’une convention ou d’un avenant, ou tous ceux d’une délibération."""

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="tirages", verbose_name="appel à projets")
    sorte = models.CharField("sorte", max_length=10, choices=SorteDeTirage.choices, default=SorteDeTirage.SEUL)
    convention = models.ForeignKey(
        Convention, models.PROTECT, null=True, blank=True, related_name="tirages", verbose_name="convention"
    )
    avenant = models.ForeignKey(
        Avenant, models.PROTECT, null=True, blank=True, related_name="tirages", verbose_name="avenant"
    )
    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, null=True, blank=True, related_name="tirages", verbose_name="délibération"
    )
    fichier = models.FileField("fichier", upload_to=chemin_de_la_convention, max_length=120, blank=True)
    pages = models.PositiveIntegerField("pages", null=True, blank=True)

    objects = TirageQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "tirage de conventions"
        verbose_name_plural = "tirages de conventions"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["sorte", "convention", "avenant", "deliberation"],
                condition=Q(etat__in=sorted(ACTIFS)),
                nulls_distinct=False,
                name="tirage_un_a_la_fois",
                violation_error_message="Ce tirage est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=Q(sorte="seul", convention__isnull=False, deliberation__isnull=True)
                | (~Q(sorte="seul") & Q(convention__isnull=True, avenant__isnull=True, deliberation__isnull=False)),
                name="tirage_de_quoi",
                violation_error_message="Un PDF est celui d’une convention, un lot celui d’une délibération.",
            ),
        ]

    def __str__(self) -> str:
        objet = self.avenant or self.convention or f"Conventions de {self.deliberation}"
        return f"{objet}, {self.get_sorte_display()}"


class RetourSigne(Travail):
    """Des pages signées et numérisées, telles que reçues. `format` : lu dans le contenu ; `taille` : octets."""

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="retours", verbose_name="appel à projets")
    nom = models.CharField("nom du fichier", max_length=100)
    format = models.CharField("format", max_length=4)
    taille = models.PositiveIntegerField("taille (octets)")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    fichier = models.FileField("fichier", upload_to=chemin_du_retour, max_length=120)

    objects = TravailQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "retour de conventions signées"
        verbose_name_plural = "retours de conventions signées"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["appel", "empreinte"],
                name="retour_une_fois",
                violation_error_message="Ce fichier a déjà été déposé.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        """Sa page (lit `appel`)."""
        return reverse("financements:retour_signe", args=[self.appel.slug, self.pk])


class PageDeRetour(models.Model):
    """Une page d’un retour : de quelle convention, laquelle de ses pages. Les deux vides : pas encore rattachée.

    `code` : ce que dit son QR ; `a_la_main` : rattachée par une personne, qui l’a lue.
    """

    retour = models.ForeignKey(RetourSigne, models.CASCADE, related_name="pages", verbose_name="retour")
    rang = models.PositiveSmallIntegerField("page du fichier")
    code = models.CharField("code lu", max_length=80, blank=True)
    convention = models.ForeignKey(
        Convention, models.PROTECT, null=True, blank=True, related_name="pages_recues", verbose_name="convention"
    )
    avenant = models.ForeignKey(
        Avenant, models.PROTECT, null=True, blank=True, related_name="pages_recues", verbose_name="avenant"
    )
    page = models.PositiveSmallIntegerField("page de la convention", null=True, blank=True)
    defaut = models.CharField("défaut", max_length=300, blank=True)
    a_la_main = models.BooleanField("rattachée à la main", default=False)

    class Meta:
        verbose_name = "page d’un retour"
        verbose_name_plural = "pages d’un retour"
        ordering = ["retour", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["retour", "rang"],
                name="page_de_retour_unique",
                violation_error_message="Cette page est déjà lue.",
            ),
            models.CheckConstraint(
                condition=Q(convention__isnull=True, avenant__isnull=True, page__isnull=True)
                | Q(convention__isnull=False, page__gt=0),
                name="page_de_retour_rattachee_entiere",
                violation_error_message="Une page rattachée dit sa convention et son numéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.rang} de {self.retour_id}"


class ExemplaireSigne(models.Model):
    """Ce qu’un retour contient d’une convention ou d’un avenant, tiré du fichier : un PDF à part.

    `manquantes` : numéros des pages qui n’y sont pas ; `en_double` : celles qui y sont plus d’une fois.
    """

    retour = models.ForeignKey(RetourSigne, models.CASCADE, related_name="exemplaires", verbose_name="retour")
    convention = models.ForeignKey(Convention, models.PROTECT, related_name="exemplaires", verbose_name="convention")
    avenant = models.ForeignKey(
        Avenant, models.PROTECT, null=True, blank=True, related_name="exemplaires", verbose_name="avenant"
    )
    fichier = models.FileField("PDF", upload_to=chemin_du_retour, max_length=120)
    manquantes = models.JSONField("pages manquantes", default=list)
    en_double = models.JSONField("pages en double", default=list)
    range_le = models.DateTimeField("rangé le", auto_now_add=True)

    class Meta:
        verbose_name = "exemplaire signé"
        verbose_name_plural = "exemplaires signés"
        ordering = ["-range_le", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["retour", "convention", "avenant"],
                nulls_distinct=False,
                name="exemplaire_unique",
                violation_error_message="Ce retour a déjà un exemplaire de cette convention.",
            )
        ]

    def __str__(self) -> str:
        return f"Exemplaire signé de {self.avenant or self.convention}"

    @property
    def est_complet(self) -> bool:
        """Toutes les pages y sont, une seule fois."""
        return not self.manquantes and not self.en_double
