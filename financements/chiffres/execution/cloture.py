"""La clôture d’un exercice : rattachements, restes à mandater et à réaliser, prévision des crédits des suivants.

Rattachement : service fait, pas encore mandaté au 31 décembre. Restes à réaliser : engagé, ni mandaté ni rattaché
(CGCT R3312-9). Jugés au 31 décembre : un mandat émis après compte encore comme un reste.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from comptes.models import Personne
from financements.chiffres.cube import lire, lire_au_fil
from financements.chiffres.execution.cube import etats
from financements.chiffres.execution.programme import Execution
from financements.chiffres.execution.tableaux import Chiffres
from financements.chiffres.tableaux import ZERO
from financements.models import Versement
from financements.models.deports import projets_fermes_a
from financements.states.execution import VERSEMENTS_MANDATES, EtatVersement
from projets.models import Axe

_MANDATE = f"v.etat IN ({etats(VERSEMENTS_MANDATES)}) AND v.mandate_le <= %(fin_d_exercice)s"
_DETAIL = f"""
WITH engages AS (
    SELECT m.action_id, sum(m.montant) AS engage
      FROM financements_mouvementdengagement m
      JOIN financements_action a ON a.id = m.action_id JOIN projets_projet p ON p.id = a.projet_id
     WHERE m.exercice <= %(exercice)s AND p.appel_id = %(appel)s GROUP BY m.action_id
), verses AS (
    SELECT v.action_id, COALESCE(sum(v.montant) FILTER (WHERE {_MANDATE}), 0.00) AS mandate,
           COALESCE(sum(v.montant) FILTER (WHERE v.service_fait_le <= %(fin_d_exercice)s AND NOT ({_MANDATE})), 0.00)
             AS rattache
      FROM financements_versement v
     WHERE v.exercice <= %(exercice)s AND v.etat <> '{EtatVersement.ANNULE.value}' GROUP BY v.action_id
), restes AS MATERIALIZED (
    SELECT p.id AS projet_id, p.numero, p.intitule, x.numero AS axe, o.nom, o.siret,
           e.engage, COALESCE(v.mandate, 0.00) AS mandate, e.engage - COALESCE(v.mandate, 0) AS reste,
           COALESCE(v.rattache, 0.00) AS rattache,
           GREATEST(e.engage - COALESCE(v.mandate, 0) - COALESCE(v.rattache, 0), 0.00) AS a_realiser
      FROM engages e
      JOIN financements_action a ON a.id = e.action_id JOIN projets_projet p ON p.id = a.projet_id
      JOIN projets_axe x ON x.id = p.axe_id JOIN comptes_organisme o ON o.id = p.organisme_id
      LEFT JOIN verses v ON v.action_id = e.action_id
     WHERE e.engage > COALESCE(v.mandate, 0)
)
"""  # noqa: S608 (du SQL écrit dans le code)
_LUS = "FROM restes WHERE projet_id <> ALL(%(fermes)s::bigint[])"
# Le total, sans intitulé, et les lignes de la page : une seule lecture des écritures pour les deux.
_RESTES = f"""{_DETAIL}
SELECT count(*), NULL, (SELECT count(*) {_LUS}), NULL, NULL, COALESCE(sum(engage), 0.00),
       COALESCE(sum(mandate), 0.00), COALESCE(sum(reste), 0.00), COALESCE(sum(rattache), 0.00),
       COALESCE(sum(a_realiser), 0.00) FROM restes
UNION ALL
(SELECT numero, intitule, axe, nom, siret, engage, mandate, reste, rattache, a_realiser {_LUS}
  ORDER BY axe, numero LIMIT %(combien)s OFFSET %(depuis)s)
"""  # noqa: S608


@dataclass(frozen=True)
class Reste:
    """Une action à la clôture : engagée jusqu’à l’exercice, mandatée, rattachée (euros)."""

    numero: int
    intitule: str
    axe: int
    organisme: str
    siret: str | None
    engage: Decimal
    mandate: Decimal
    reste: Decimal
    rattache: Decimal
    a_realiser: Decimal


@dataclass(frozen=True)
class TotalDesRestes:
    """La somme de toutes les lignes ; `lues` : combien la personne en lit."""

    actions: int
    engage: Decimal
    mandate: Decimal
    reste: Decimal
    rattache: Decimal
    a_realiser: Decimal
    lues: int


@dataclass(frozen=True)
class TotalRattache:
    """Les versements à rattacher : combien la personne en lit, et la somme de tous (euros)."""

    lus: int
    montant: Decimal


@dataclass(frozen=True)
class Prevision:
    """Un exercice à venir : crédits ouverts (None sans enveloppe), déjà mandaté, à payer selon les échéanciers.

    `en_retard` : ce qui devait se payer jusqu’à l’exercice clos et pèsera sur le suivant ; compté là.
    """

    exercice: int
    cp: Decimal | None
    mandate: Decimal
    par_axe: dict[int, Decimal]
    en_retard: Decimal
    sans_echeancier: Decimal

    @property
    def a_payer(self) -> Decimal:
        """Versements prévus ou liquidés, retards compris."""
        return sum(self.par_axe.values(), self.en_retard)

    @property
    def besoin(self) -> Decimal:
        """Crédits que l’exercice demande."""
        return self.mandate + self.a_payer

    @property
    def ecart(self) -> Decimal | None:
        """Crédits ouverts − besoin : négatif, il manque des crédits."""
        return None if self.cp is None else self.cp - self.besoin


class Cloture:
    """La clôture d’un exercice d’un programme. `execution` : celle du programme entier.

    Ce dont `personne` s’est déportée n’est pas dans ses listes ; les totaux le comptent.
    """

    def __init__(self, execution: Execution, exercice: int, personne: Personne) -> None:
        self.execution, self.exercice, self.personne = execution, exercice, personne
        self.fin = date(exercice, 12, 31)

    @cached_property
    def fermes(self) -> list[int]:
        """Les projets à action de l’appel dont elle s’est déportée."""
        siens = projets_fermes_a(self.personne).filter(
            projet__appel=self.execution.programme.appel, projet__action__isnull=False
        )
        return list(siens.values_list("projet", flat=True))

    # --- Rattachements ------------------------------------------------------------------------------------
    @property
    def rattachements(self) -> QuerySet[Versement]:
        """Les versements à rattacher que la personne lit, par axe et par action."""
        return (
            self._a_rattacher.exclude(action__projet__in=self.fermes)
            .select_related("action__projet__axe", "action__projet__organisme")
            .order_by("action__projet__axe__numero", "action__projet__numero", "annee", "rang")
        )

    @property
    def _a_rattacher(self) -> QuerySet[Versement]:
        mandates = Q(etat__in=VERSEMENTS_MANDATES, mandate_le__lte=self.fin)
        return (
            Versement.objects.filter(
                action__projet__appel=self.execution.programme.appel,
                exercice__lte=self.exercice,
                service_fait_le__lte=self.fin,
            )
            .exclude(etat=EtatVersement.ANNULE)
            .exclude(mandates)
        )

    @cached_property
    def total_rattache(self) -> TotalRattache:
        """Une requête."""
        lus = self._a_rattacher.order_by().aggregate(
            lus=Count("pk", filter=~Q(action__projet__in=self.fermes)), montant=Sum("montant", default=ZERO)
        )
        return TotalRattache(**lus)

    # --- Restes -------------------------------------------------------------------------------------------
    @cached_property
    def total_des_restes(self) -> TotalDesRestes:
        """Une requête."""
        return self.lire_les_restes(0, 0)[0]

    def restes(self, depuis: int = 0, combien: int | None = None) -> list[Reste]:
        """Celles où il reste à mandater, que la personne lit, par axe et numéro ; toutes, sans `combien`."""
        return self.lire_les_restes(depuis, combien)[1]

    def lire_les_restes(self, depuis: int, combien: int | None) -> tuple[TotalDesRestes, list[Reste]]:
        """Le total de toutes, et ces lignes-là de celles que la personne lit. Une requête."""
        toutes = lire(_RESTES, self.execution.perimetre, **self._bornes(depuis, combien))
        ((actions, _, lues, *_, engage, mandate, reste, rattache, a_realiser),) = [t for t in toutes if t[1] is None]
        total = TotalDesRestes(actions, engage, mandate, reste, rattache, a_realiser, lues)
        return total, [Reste(*ligne) for ligne in toutes if ligne[1] is not None]

    def restes_au_fil(self) -> Iterator[Reste]:
        """Comme `restes()`, sans les garder en mémoire. Une requête."""
        for ligne in lire_au_fil(_RESTES, self.execution.perimetre, **self._bornes(0, None)):
            if ligne[1] is not None:
                yield Reste(*ligne)

    def _bornes(self, depuis: int, combien: int | None) -> dict[str, Any]:
        return {
            "exercice": self.exercice,
            "fin_d_exercice": self.fin,
            "depuis": depuis,
            "combien": combien,
            "fermes": self.fermes,
        }

    # --- Prévision ----------------------------------------------------------------------------------------
    @property
    def axes(self) -> list[Axe]:
        """Les axes du programme."""
        return self.execution.programme.axes

    @cached_property
    def previsions(self) -> list[Prevision]:
        """Une ligne par exercice qui suit. Les chiffres sont ceux de l’exécution : pas de requête de plus."""
        suivants = [ligne for ligne in self.execution.par_exercice if ligne.exercice > self.exercice]
        clos = [ligne.chiffres for ligne in self.execution.par_exercice if ligne.exercice <= self.exercice]
        en_retard = sum(map(_a_payer, clos), ZERO)
        if not suivants and en_retard:
            return [Prevision(self.exercice + 1, self._sans_credit(), ZERO, self._rien(), en_retard, ZERO)]
        return [
            Prevision(
                exercice=ligne.exercice,
                cp=ligne.cp_ouverts,
                mandate=ligne.chiffres.mandate,
                par_axe={axe.axe.pk: _a_payer(axe.par_exercice[ligne.exercice]) for axe in self.execution.par_axe},
                en_retard=en_retard if rang == 0 else ZERO,
                sans_echeancier=max(ligne.chiffres.reste_a_mandater - _a_payer(ligne.chiffres), ZERO),
            )
            for rang, ligne in enumerate(suivants)
        ]

    def _sans_credit(self) -> Decimal | None:
        return None if self.execution.parcours.ae is None else ZERO

    def _rien(self) -> dict[int, Decimal]:
        return {axe.pk: ZERO for axe in self.axes}


def _a_payer(chiffres: Chiffres) -> Decimal:
    """Prévu, ou liquidé et pas encore mandaté."""
    return chiffres.prevu + chiffres.a_mandater
