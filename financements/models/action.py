"""L’action financée : un projet voté, ses tranches annuelles et leur partage entre territoires."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from financements.models.declencheurs import differe
from financements.models.declencheurs_de_l_execution import tranches_couvrent_l_engage
from financements.models.deliberation import Deliberation
from financements.models.deports import projets_fermes_a
from projets.models import Projet
from territoires.models import Territoire

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})

# L’aide (et le FSE) ne dépasse jamais le coût du projet : le contrôle dont l’absence a été relevée ailleurs (CRC).
_AIDE_AU_PLUS_LE_COUT = """
    SELECT COALESCE(sum(t.montant), 0) INTO attribue FROM financements_tranche t WHERE t.action_id = cible;
    SELECT COALESCE(sum(f.montant_fse), 0), COALESCE(sum(f.montant_mobilise), 0) INTO fse, mobilise
      FROM financements_contrepartiefse f WHERE f.action_id = cible;
    SELECT sum(e.cout) INTO cout FROM projets_exerciceprojet e JOIN financements_action a ON a.projet_id = e.projet_id
      WHERE a.id = cible;
    IF attribue + fse > COALESCE(cout, 0) THEN
        RAISE EXCEPTION 'L’aide (% €) et le FSE (% €) dépassent le coût du projet (% €).', attribue, fse,
            COALESCE(cout, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'aide_au_plus_le_cout';
    END IF;
    IF mobilise > attribue THEN
        RAISE EXCEPTION 'La contrepartie du FSE (% €) dépasse l’aide attribuée (% €).', mobilise, attribue
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contrepartie_au_plus_l_aide';
    END IF;
    RETURN NULL;
"""
# Une part qui change de tranche se juge dans les deux : l’ancienne et la nouvelle.
_PARTS_EGALENT_TRANCHE = """
  FOR cible IN SELECT DISTINCT x FROM unnest(ARRAY[{cles}]) AS x WHERE x IS NOT NULL LOOP
    SELECT t.montant, COALESCE((SELECT sum(p.montant) FROM financements_parttranche p WHERE p.tranche_id = t.id), 0)
      INTO attendu, somme FROM financements_tranche t WHERE t.id = cible;
    IF FOUND AND attendu <> somme THEN
        RAISE EXCEPTION 'Les parts des territoires (% €) doivent faire la tranche (% €).', somme, attendu
            USING ERRCODE = 'check_violation', CONSTRAINT = 'parts_egalent_tranche';
    END IF;
  END LOOP;
  RETURN NULL;
"""
# Une action votée a de l’argent : au moins une tranche, sinon elle n’est dans aucun chiffre.
_AU_MOINS_UNE_TRANCHE = """
    IF EXISTS (SELECT 1 FROM financements_action a WHERE a.id = cible)
       AND NOT EXISTS (SELECT 1 FROM financements_tranche t WHERE t.action_id = cible) THEN
        RAISE EXCEPTION 'Une action a au moins une tranche.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'action_a_une_tranche';
    END IF;
    RETURN NULL;
"""
_ANNEE_DE_L_APPEL = """
    IF NOT EXISTS (SELECT 1 FROM financements_action a JOIN projets_projet p ON p.id = a.projet_id
                     JOIN projets_appelaprojets ap ON ap.id = p.appel_id
                    WHERE a.id = NEW.action_id AND NEW.annee BETWEEN ap.annee_debut AND ap.annee_fin) THEN
        RAISE EXCEPTION 'L’année % n’est pas une année de l’appel.', NEW.annee
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tranche_annee_de_l_appel';
    END IF;
    RETURN NEW;
"""
_CIBLE = [("cible", "bigint")]
_COUTS = [
    *_CIBLE,
    ("attribue", "numeric"),
    ("fse", "numeric"),
    ("mobilise", "numeric"),
    ("cout", "numeric"),
]
_SOMMES = [*_CIBLE, ("attendu", "numeric"), ("somme", "numeric")]


class ActionQuerySet(models.QuerySet["Action"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Qui lit les financements les voit toutes, sauf déport ; les totaux du programme, eux, les comptent."""
        if personne.role not in _LECTEURS:
            return self.none()
        return self.exclude(projet__in=projets_fermes_a(personne))

    def avec_montant(self) -> Self:
        """Ajoute `montant` (euros, toutes années) : à poser sur les lignes d’une page, pas sur tout le programme."""
        tranches = Tranche.objects.filter(action=models.OuterRef("pk")).values("action")
        return self.annotate(montant=models.Subquery(tranches.annotate(s=models.Sum("montant")).values("s")))


class Action(models.Model):
    """Un projet financé par une délibération. L’axe, l’organisme et l’intitulé sont ceux du projet."""

    projet = models.OneToOneField(Projet, models.PROTECT, related_name="action", verbose_name="projet")
    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="actions", verbose_name="délibération")
    regle_de_versement = models.ForeignKey(
        "financements.RegleDeVersement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name="règle de versement, si ce n’est pas celle de l’appel",
    )
    creee_le = models.DateTimeField("créée le", auto_now_add=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action"
        triggers = [
            differe("action_a_une_tranche", pgtrigger.Insert, f"cible := NEW.id; {_AU_MOINS_UNE_TRANCHE}", _CIBLE)
        ]

    def __str__(self) -> str:
        return f"Action {self.projet}"

    def get_absolute_url(self) -> str:
        """Page de l’action (lit `projet.appel` : à charger avec `select_related`)."""
        return reverse("financements:action", args=[self.projet.appel.slug, self.projet.numero])


class Tranche(models.Model):
    """Montant voté d’une action pour une année (euros)."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="tranches", verbose_name="action")
    annee = models.PositiveSmallIntegerField("année")
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "tranche"
        ordering = ["annee"]
        indexes = [models.Index(fields=["annee"], name="tranche_par_annee")]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "annee"],
                name="tranche_unique",
                violation_error_message="Cette action a déjà une tranche pour cette année.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="tranche_positive",
                violation_error_message="Le montant d’une tranche n’est pas négatif.",
            ),
        ]
        triggers = [
            differe(
                "tranche_aide_au_plus_cout",
                pgtrigger.Insert | pgtrigger.Update,
                f"cible := NEW.action_id; {_AIDE_AU_PLUS_LE_COUT}",
                _COUTS,
            ),
            differe(
                "tranche_egale_ses_parts",
                pgtrigger.Insert | pgtrigger.Update,
                _PARTS_EGALENT_TRANCHE.format(cles="NEW.id"),
                _SOMMES,
            ),
            pgtrigger.Trigger(
                name="tranche_annee_de_l_appel",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ANNEE_DE_L_APPEL,
            ),
            differe("derniere_tranche", pgtrigger.Delete, f"cible := OLD.action_id; {_AU_MOINS_UNE_TRANCHE}", _CIBLE),
            *tranches_couvrent_l_engage(),
        ]

    def __str__(self) -> str:
        return f"{self.annee} : {self.montant} €"


class PartTranche(models.Model):
    """Part d’un territoire dans une tranche (euros), au centime : c’est elle que toutes les sommes additionnent."""

    tranche = models.ForeignKey(Tranche, models.CASCADE, related_name="parts", verbose_name="tranche")
    territoire = models.ForeignKey(Territoire, models.PROTECT, related_name="parts", verbose_name="territoire")
    montant = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "part d’une tranche"
        verbose_name_plural = "parts d’une tranche"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "territoire"],
                name="part_tranche_unique",
                violation_error_message="Ce territoire a déjà sa part de cette tranche.",
            ),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="part_tranche_positive",
                violation_error_message="Une part n’est pas négative.",
            ),
        ]
        triggers = [
            differe(
                "parts_egalent_tranche",
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                _PARTS_EGALENT_TRANCHE.format(cles="NEW.tranche_id, OLD.tranche_id"),
                _SOMMES,
            )
        ]

    def __str__(self) -> str:
        return f"{self.territoire_id} : {self.montant} €"


class ContrepartieFse(models.Model):
    """Le Fonds social européen d’une action : aide du FSE, et part de notre aide déclarée comme sa contrepartie."""

    action = models.OneToOneField(Action, models.CASCADE, related_name="contrepartie_fse", verbose_name="action")
    numero_operation = models.CharField("numéro d’opération", max_length=40, blank=True)
    montant_fse = models.DecimalField("aide du FSE (€)", max_digits=12, decimal_places=2)
    montant_mobilise = models.DecimalField(
        "part de l’aide départementale mobilisée en contrepartie (€)", max_digits=12, decimal_places=2, default=0
    )

    class Meta:
        verbose_name = "contrepartie du FSE"
        verbose_name_plural = "contreparties du FSE"
        constraints = [
            models.CheckConstraint(
                condition=Q(montant_fse__gt=0, montant_mobilise__gte=0),
                name="fse_positif",
                violation_error_message="L’aide du FSE est positive, sa contrepartie n’est pas négative.",
            )
        ]
        triggers = [
            differe(
                "fse_aide_au_plus_cout",
                pgtrigger.Insert | pgtrigger.Update,
                f"cible := NEW.action_id; {_AIDE_AU_PLUS_LE_COUT}",
                _COUTS,
            )
        ]

    def __str__(self) -> str:
        return f"FSE : {self.montant_fse} €"
