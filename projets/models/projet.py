"""Le projet déposé, son budget par année, ses territoires et ses cofinanceurs."""

from typing import Self

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from comptes.models import Organisme, Personne
from comptes.states import Role
from config.socle.champs import CleDeTriField
from projets.models.affectation import Affectation, Deport
from projets.models.appel import AppelAProjets, Axe
from projets.models.declencheurs import axe_de_son_appel, rejet_implicite_tenu_par_la_base
from projets.models.rattaches import derniere_ligne_du_journal, existe, joints, nombre
from projets.models.recherche import conditions
from projets.rules.depot import reference
from projets.states import LIBELLES_PUBLICS, MODIFIABLES, PASSAGES, SUITES, TONS, EtatProjet
from territoires.models import Territoire


def _pieces_de_la_derniere_copie() -> models.Subquery:
    """Combien de documents porte la dernière copie figée ; zéro sans copie."""
    par_version = Projet.objects.filter(pk=models.OuterRef("pk")).values("depots__version")
    comptees = par_version.annotate(n=models.Count("depots__documents_deposes")).order_by("-depots__version")
    return models.Subquery(comptees.values("n")[:1])


class ProjetQuerySet(models.QuerySet["Projet"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Un porteur voit les projets de ses organismes ; un instructeur, de ses territoires ou qui lui sont confiés.

        Les autres agents voient tout ce qui est déposé. Qui s’est déporté d’un projet ne le voit plus.
        """
        if personne.role == Role.PORTEUR:
            return self.filter(organisme__adhesions__personne=personne)
        if not personne.est_agent:
            return self.none()
        deports = Deport.objects.en_cours().filter(projet=models.OuterRef("pk"), personne=personne)
        visibles = self.deposes().filter(~models.Exists(deports))
        if personne.role == Role.INSTRUCTEUR:
            return visibles.filter(self.model.du_territoire_de(personne) | self.model.confies_a(personne))
        return visibles

    def deposes(self) -> Self:
        """Tous sauf les brouillons, en cours ou retirés : seul leur porteur les voit."""
        return self.exclude(etat=EtatProjet.BROUILLON).filter(numero__isnull=False)

    def cherches(self, texte: str) -> Self:
        """Ceux dont l’intitulé, l’organisme ou l’action a chaque mot, sans tenir compte des accents ni de l’accord.

        Un numéro ou une référence désigne le projet ; un SIRET, un SIREN ou un RNA, même en groupes, l’organisme.
        """
        return self.filter(*conditions(texte))

    def avec_montants(self) -> Self:
        """Ajoute `cout_total` et `montant_demande` (euros, toutes années)."""
        exercices = ExerciceProjet.objects.filter(projet=models.OuterRef("pk")).values("projet")
        return self.annotate(
            cout_total=models.Subquery(exercices.annotate(s=models.Sum("cout")).values("s")),
            montant_demande=models.Subquery(exercices.annotate(s=models.Sum("montant_demande")).values("s")),
        )

    def en_fiche(self) -> Self:
        """Ce que montre la fiche, en un nombre constant de requêtes ; `a_des_messages`, `a_des_avis` : s’il y en a."""
        rares = {f"a_des_{quoi}": existe(Projet, quoi) for quoi in ("messages", "avis")}
        complets = self.avec_montants().annotate(**rares).select_related("organisme__commune", "axe", "appel")
        lies = (joints(Projet, "parts", "territoire"), joints(Projet, "pieces_jointes", "document", "piece"))
        return complets.prefetch_related("exercices", "cofinancements", *lies)

    def en_instruction(self) -> Self:
        """Ce que montre le haut de la fiche d’instruction, avec `nombre_de_pieces` et `nombre_de_messages`."""
        rares = ("demandes", "irrecevabilites", "avis_associes", "avis_externes")
        return (
            self.avec_montants()
            .annotate(
                nombre_de_pieces=_pieces_de_la_derniere_copie(),
                nombre_de_messages=nombre(Projet, "messages"),
                dernier_passage_lu=derniere_ligne_du_journal(Projet, PASSAGES),
                **{f"a_des_{quoi}": existe(Projet, quoi) for quoi in rares},
                a_des_deports=models.Exists(Deport.objects.en_cours().filter(projet=models.OuterRef("pk"))),
            )
            .select_related("organisme__commune", "axe", "appel")
            .prefetch_related(joints(Projet, "parts", "territoire"))
        )

    def verrouille(self, pk: int) -> "Projet":
        """Ce projet, verrouillé jusqu’à la fin de la transaction, avec ce que les actes lisent de lui."""
        return self.select_for_update(of=("self",)).select_related("organisme", "axe", "appel").get(pk=pk)

    def en_dossier(self) -> Self:
        """Tout ce que lit le dossier d’un brouillon (étapes, manques), en un nombre constant de requêtes."""
        return self.select_related("appel", "axe", "organisme__commune", "modifie_par").prefetch_related(
            "saisies__auteur",
            "appel__axes",
            "appel__questions",
            "appel__pieces",
            "organisme__comptes_bancaires",
            "pieces_jointes__document",
            "pieces_jointes__piece",
        )


class Projet(models.Model):
    """Une action proposée par un organisme sur un axe, pour des territoires et des années."""

    Etat = EtatProjet

    appel = models.ForeignKey(AppelAProjets, models.PROTECT, related_name="projets", verbose_name="appel à projets")
    numero = models.PositiveIntegerField("numéro", null=True, blank=True)
    axe = models.ForeignKey(Axe, models.PROTECT, related_name="projets", verbose_name="axe")
    organisme = models.ForeignKey(Organisme, models.PROTECT, related_name="projets", verbose_name="organisme")
    intitule = models.CharField("intitulé", max_length=300)
    intitule_tri = CleDeTriField("intitulé de tri", source="intitule", db_index=True)
    sous_type = models.CharField("dispositif", max_length=40, blank=True, help_text="IOD, ACI…")
    etat = models.CharField("état", max_length=15, choices=EtatProjet.choices, default=EtatProjet.BROUILLON)
    allocataires_prevus = models.PositiveIntegerField("allocataires accompagnés par an (prévision)", default=0)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    depose_le = models.DateTimeField("déposé le", null=True, blank=True)
    jeton = models.UUIDField("jeton de création", null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    rejet_implicite_le = models.DateField(
        "rejet implicite le", null=True, blank=True, editable=False, help_text="tenue par la base"
    )
    decision_reservee = models.BooleanField(
        "décision pas encore notifiée",
        default=False,
        editable=False,
        help_text="votée, elle ne se dit à l’organisme qu’une fois la délibération exécutoire et notifiée",
    )
    modifie_le = models.DateTimeField("modifié le", null=True, blank=True, editable=False)
    modifie_par = models.ForeignKey(
        Personne, models.SET_NULL, null=True, blank=True, related_name="+", editable=False, verbose_name="modifié par"
    )

    objects = ProjetQuerySet.as_manager()

    class Meta:
        verbose_name = "projet"
        ordering = ["appel", "numero"]
        indexes = [
            models.Index(fields=["appel", "etat"], name="projet_par_etat"),
            GinIndex(fields=["intitule_tri"], opclasses=["gin_trgm_ops"], name="projet_recherche"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["appel", "numero"],
                name="projet_numero_unique",
                violation_error_message="Un projet de cet appel porte déjà ce numéro.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatProjet.BROUILLON) | Q(etat=EtatProjet.RETIRE) | Q(numero__isnull=False),
                name="projet_depose_numerote",
                violation_error_message="Un projet déposé a un numéro.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=EtatProjet.values),
                name="projet_etat_connu",
                violation_error_message="Cet état de projet n’existe pas.",
            ),
            models.CheckConstraint(
                condition=~Q(intitule=""),
                name="projet_intitule_dit",
                violation_error_message="L’intitulé du projet est obligatoire.",
            ),
        ]
        triggers = [
            axe_de_son_appel(),
            rejet_implicite_tenu_par_la_base(),
        ]

    def __str__(self) -> str:
        return f"{self.numero or 'brouillon'} · {self.intitule}"

    @staticmethod
    def du_territoire_de(personne: Personne) -> Q:
        """Condition : un territoire de la personne y a une part."""
        return Q(pk__in=PartProjet.objects.filter(territoire__instructeurs=personne).values("projet"))

    @staticmethod
    def confies_a(personne: Personne) -> Q:
        """Condition : elle le suit, ou remplace aujourd’hui qui le suit."""
        suivies = Affectation.objects.suivies_par(personne, timezone.localdate())
        return Q(pk__in=suivies.values("projet"))

    @property
    def est_modifiable(self) -> bool:
        """Vrai tant que le porteur peut écrire dans le projet : brouillon, ou à compléter."""
        return self.etat in MODIFIABLES

    @property
    def reference(self) -> str:
        """« Projet AAP16-0012 », « Projet n° 12 » si l’appel n’a pas de préfixe, ou « Brouillon »."""
        if not self.numero:
            return "Brouillon"
        prefixe = self.appel.prefixe
        return f"Projet {reference(prefixe, self.numero)}" if prefixe else f"Projet n°\u00a0{self.numero}"

    @property
    def etat_lu(self) -> EtatProjet:
        """L’état que le porteur peut connaître : une décision votée et pas encore notifiée se tait."""
        return EtatProjet.PRESENTE if self.decision_reservee else EtatProjet(self.etat)

    @property
    def etat_public(self) -> str:
        """L’état tel que le porteur le lit : rien n’y trahit un avis avant la décision (CRPA L311-2)."""
        return LIBELLES_PUBLICS.get(self.etat_lu) or str(self.etat_lu.label)

    @property
    def suite(self) -> str:
        """Ce qui vient ensuite, dit au porteur."""
        return SUITES[self.etat_lu]

    @property
    def ton_public(self) -> str:
        """Le ton de l’état tel que le porteur le lit."""
        return TONS.get(self.etat_lu, "")

    @property
    def ton(self) -> str:
        """Le ton de l’état à l’écran : « favorable », « attente », « defavorable », « information », ou rien."""
        return TONS.get(self.etat, "")


class PartProjet(models.Model):
    """Part d’un territoire dans un projet, en pour cent ; les parts d’un projet font 100 %."""

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="parts", verbose_name="projet")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="parts_projets", verbose_name="territoire")
    pourcentage = models.DecimalField("part (%)", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "part d’un territoire"
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "territoire"],
                name="part_projet_unique",
                violation_error_message="Ce territoire a déjà une part dans ce projet.",
            ),
            models.CheckConstraint(
                condition=Q(pourcentage__gt=0, pourcentage__lte=100),
                name="part_projet_entre_0_et_100",
                violation_error_message="Une part est supérieure à 0 % et au plus égale à 100 %.",
            ),
        ]
        triggers = [
            # Différé : la somme se juge à la fin de la transaction, quand toutes les parts sont écrites.
            pgtrigger.Trigger(
                name="parts_projet_font_100",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                declare=[("total", "numeric"), ("cible", "bigint")],
                func="""
                    FOR cible IN SELECT DISTINCT x FROM unnest(ARRAY[NEW.projet_id, OLD.projet_id]) AS x LOOP
                        SELECT sum(pourcentage) INTO total FROM projets_partprojet WHERE projet_id = cible;
                        IF total IS NOT NULL AND total <> 100 THEN
                            RAISE EXCEPTION 'Les parts des territoires font 100 %%, pas % %%.', total
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'parts_projet_font_100';
                        END IF;
                    END LOOP;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.territoire_id} : {self.pourcentage} %"


class ExerciceProjet(models.Model):
    """Une année du projet : coût total et montant demandé au département (euros)."""

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="exercices", verbose_name="projet")
    annee = models.PositiveSmallIntegerField("année")
    cout = models.DecimalField("coût total (€)", max_digits=12, decimal_places=2)
    montant_demande = models.DecimalField("montant demandé (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "exercice d’un projet"
        verbose_name_plural = "exercices d’un projet"
        ordering = ["annee"]
        constraints = [
            models.UniqueConstraint(
                fields=["projet", "annee"],
                name="exercice_projet_unique",
                violation_error_message="Cette année est déjà dans le budget du projet.",
            ),
            models.CheckConstraint(
                condition=Q(montant_demande__gte=0, montant_demande__lte=F("cout")),
                name="exercice_demande_au_plus_cout",
                violation_error_message="Le montant demandé ne dépasse pas le coût de l’année.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant_demande} € demandés sur {self.cout} €"
