"""Le bilan annuel d’une action : le compte rendu financier et ses résultats (Cerfa 15059)."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.models import Personne
from comptes.states import Role
from financements.models.action import Action
from financements.models.declencheurs_du_bilan import bilan_equilibre, ligne_de_bilan_figee
from financements.models.deports import projets_fermes_a
from financements.rules.bilan import Seuil
from financements.states.execution import BILANS_ATTENDUS, TONS_DES_BILANS, EtatBilan
from projets.models import AppelAProjets, Projet
from projets.models.budget import Cote

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


class BilanQuerySet(models.QuerySet["Bilan"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements et l’instructeur du territoire, sauf déport ; l’organisme, décision notifiée."""
        if personne.role in _LECTEURS:
            return self.exclude(action__projet__in=projets_fermes_a(personne))
        if personne.role == Role.PORTEUR:
            return self.filter(
                action__projet__organisme__adhesions__personne=personne, action__projet__decision_reservee=False
            )
        if personne.role == Role.INSTRUCTEUR:
            projets = Projet.objects.filter(Projet.du_territoire_de(personne))
            siens = projets.exclude(pk__in=projets_fermes_a(personne))
            return self.filter(action__projet__in=siens.values("pk"))
        return self.none()

    def attendus(self) -> Self:
        """Ceux que l’organisme n’a pas encore rendus, ou doit corriger."""
        return self.filter(etat__in=BILANS_ATTENDUS)

    def en_retard(self, jour: date) -> Self:
        """Ceux qui étaient dus avant ce jour."""
        return self.attendus().filter(du_le__lt=jour)

    def en_dossier(self) -> Self:
        """Tout ce que lisent le dossier et la revue, en un nombre constant de requêtes."""
        return self.select_related(
            "action__projet__appel__reglage_des_bilans",
            "action__projet__axe",
            "action__projet__organisme",
            "depose_par",
            "valide_par",
        ).prefetch_related("lignes", "indicateurs", "effectifs", "saisies__auteur", "pieces__document")

    def verrouille(self, pk: int) -> "Bilan":
        """Ce bilan, verrouillé jusqu’à la fin de la transaction, avec ce que les actes lisent de lui."""
        lignes = self.select_for_update(of=("self",))
        return lignes.select_related("action__projet__appel", "action__projet__organisme").get(pk=pk)


class Bilan(models.Model):
    """Le bilan d’une année d’une action. `du_le` : six mois après l’exercice (loi 2000-321, art. 10).

    `cout_prevu` : celui de l’année au budget déposé, figé à l’ouverture ; `cout_propose` : le coût réel éligible que
    donnent les lignes au dépôt ; `cout_reel` : celui qu’a retenu le service en validant (euros).
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="bilans", verbose_name="action")
    annee = models.PositiveSmallIntegerField("année")
    etat = models.CharField("état", max_length=10, choices=EtatBilan.choices, default=EtatBilan.A_REMPLIR)
    du_le = models.DateField("dû le")
    cout_prevu = models.DecimalField("coût prévu (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    ouvert_le = models.DateTimeField("ouvert le", default=timezone.now)
    modifie_le = models.DateTimeField("modifié le", null=True, blank=True, editable=False)
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    depose_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposé par"
    )
    correction = models.TextField("ce qui est à corriger", blank=True)
    cout_propose = models.DecimalField(
        "coût réel éligible proposé (€)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    cout_reel = models.DecimalField("coût réel éligible (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    motif_du_cout = models.TextField("motif du coût retenu", blank=True)
    valide_le = models.DateTimeField("validé le", null=True, blank=True)
    valide_par = models.ForeignKey(
        Personne, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="validé par"
    )
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ["action", "annee"]
        indexes = [models.Index(fields=["etat", "du_le"], name="bilan_par_echeance")]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "annee"],
                name="bilan_unique",
                violation_error_message="Cette année a déjà son bilan.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="valide") | Q(cout_reel__isnull=False, cout_reel__gte=0, valide_le__isnull=False),
                name="bilan_valide_entier",
                violation_error_message="Un bilan validé dit le coût réel éligible retenu.",
            ),
            models.CheckConstraint(
                condition=Q(etat="a_remplir") | Q(depose_le__isnull=False),
                name="bilan_depose_date",
                violation_error_message="Un bilan déposé porte la date de son dépôt.",
            ),
            models.CheckConstraint(
                condition=~Q(etat="a_corriger") | ~Q(correction=""),
                name="bilan_a_corriger_motive",
                violation_error_message="Une demande de correction dit ce qui est à corriger.",
            ),
        ]
        triggers = [bilan_equilibre()]

    def __str__(self) -> str:
        return f"Bilan {self.annee} de {self.action}"

    def get_absolute_url(self) -> str:
        """La page de revue (lit `action.projet.appel`)."""
        projet = self.action.projet
        return reverse("financements:bilan", args=[projet.appel.slug, projet.numero, self.annee])

    @property
    def ton(self) -> str:
        """Le ton de son état à l’écran."""
        return TONS_DES_BILANS[self.etat]

    @property
    def est_modifiable(self) -> bool:
        """Vrai tant que l’organisme peut y écrire."""
        return self.etat in BILANS_ATTENDUS

    def est_en_retard(self, jour: date) -> bool:
        """Vrai s’il est encore attendu après son échéance."""
        return self.est_modifiable and jour > self.du_le

    @property
    def seuil(self) -> Seuil:
        """Celui de l’appel (lit `action.projet.appel.reglage_des_bilans`)."""
        reglage = getattr(self.action.projet.appel, "reglage_des_bilans", None) or ReglageDesBilans()
        return Seuil(reglage.seuil_pourcent, int(reglage.seuil_montant * 100))


class LigneDeBilan(models.Model):
    """Un compte du bilan : le prévu, figé du budget déposé, et le réalisé, écrit au dépôt (euros)."""

    bilan = models.ForeignKey(Bilan, models.CASCADE, related_name="lignes", verbose_name="bilan")
    cote = models.CharField("côté", max_length=15, choices=Cote.choices)
    compte = models.CharField("compte", max_length=12)
    rang = models.PositiveSmallIntegerField("rang", default=0)
    precision = models.CharField("précision", max_length=120, blank=True)
    prevu = models.DecimalField("prévu (€)", max_digits=12, decimal_places=2, default=0)
    realise = models.DecimalField("réalisé (€)", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "ligne de bilan"
        verbose_name_plural = "lignes de bilan"
        ordering = ["bilan", "cote", "compte", "rang"]
        constraints = [
            models.UniqueConstraint(
                fields=["bilan", "cote", "compte", "rang"],
                name="ligne_de_bilan_unique",
                violation_error_message="Ce compte figure déjà au bilan.",
            ),
            models.CheckConstraint(
                condition=Q(prevu__gte=0) & (Q(realise__isnull=True) | Q(realise__gte=0)),
                name="ligne_de_bilan_positive",
                violation_error_message="Un montant du bilan n’est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(cote__in=Cote.values),
                name="ligne_de_bilan_cote_connu",
                violation_error_message="Une ligne est une charge ou un produit.",
            ),
        ]
        triggers = [*ligne_de_bilan_figee()]

    def __str__(self) -> str:
        return f"{self.compte} : {self.realise} € pour {self.prevu} €"


class ReglageDesBilans(models.Model):
    """Ce qu’un appel demande de ses bilans : le seuil, en % et en euros, au-delà duquel un écart s’explique."""

    appel = models.OneToOneField(
        AppelAProjets, models.CASCADE, related_name="reglage_des_bilans", verbose_name="appel à projets"
    )
    seuil_pourcent = models.PositiveSmallIntegerField("écart à expliquer (%)", default=20)
    seuil_montant = models.DecimalField("écart à expliquer (€)", max_digits=10, decimal_places=2, default=500)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        verbose_name = "réglage des bilans"
        verbose_name_plural = "réglages des bilans"
        constraints = [
            models.CheckConstraint(
                condition=Q(seuil_pourcent__lte=100, seuil_montant__gte=0),
                name="seuil_des_bilans_borne",
                violation_error_message="Le seuil va de 0 à 100 %%, son montant n’est pas négatif.",
            )
        ]

    def __str__(self) -> str:
        return f"Bilans de {self.appel_id} : {self.seuil_pourcent} %"


class IndicateurDAppel(models.Model):
    """Un indicateur que tous les bilans de l’appel renseignent. `est_un_effectif` : il compte des personnes."""

    appel = models.ForeignKey(
        AppelAProjets, models.CASCADE, related_name="indicateurs_des_bilans", verbose_name="appel à projets"
    )
    ordre = models.PositiveSmallIntegerField("ordre")
    libelle = models.CharField("indicateur", max_length=200)
    unite = models.CharField("unité", max_length=40, blank=True)
    est_un_effectif = models.BooleanField("compte des personnes", default=False)

    class Meta:
        verbose_name = "indicateur d’un appel"
        verbose_name_plural = "indicateurs d’un appel"
        ordering = ["appel", "ordre"]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "ordre"],
                name="indicateur_d_appel_unique",
                violation_error_message="Deux indicateurs de cet appel ont le même rang.",
            )
        ]

    def __str__(self) -> str:
        return self.libelle
