"""Les totaux des notations, en SQL et sans flottant ; `projets.rules.notation` dit la même chose en Python.

Un total s’additionne sur un dénominateur commun à toutes les notes maximales possibles (1 à 100), puis s’arrondit une
seule fois au centième de point : deux calculs ne peuvent pas différer d’un centième.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import Any

from django.db import connection
from django.db.models import Sum

from config.socle.montants import en_centimes
from projets.models import AppelAProjets, Critere, PropositionAnnuelle
from projets.rules import notation as regles

DENOMINATEUR = lcm(*range(1, 101))

# Une notation `n` compte : rendue, et son auteur ne s’est pas déporté depuis. En Python : `qui_comptent()`.
COMPTE = """n.rendue_le IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM projets_deport d
          WHERE d.projet_id = n.projet_id AND d.personne_id = n.instructeur_id AND d.leve_le IS NULL)"""

# Le total d’une notation, en points sur 100, depuis ses notes `o` et leurs critères `c`.
_TOTAL = f"""round(div(200 * sum(c.poids * o.valeur * div({DENOMINATEUR}::numeric, c.note_maximale)) + {DENOMINATEUR},
                     2 * {DENOMINATEUR}::numeric) / 100, 2)"""

# Le total de chaque notation qui compte.
TOTAUX = f"""
    SELECT n.id, n.projet_id, n.instructeur_id, {_TOTAL} AS total
      FROM projets_notation n
      JOIN projets_note o ON o.notation_id = n.id
      JOIN projets_critere c ON c.id = o.critere_id
     WHERE {COMPTE}
     GROUP BY n.id, n.projet_id, n.instructeur_id
"""  # noqa: S608 (un nombre et une condition écrits dans le code)

# Les notes se lisent d’abord, une fois : même fait sur des tables qui viennent de grandir, le plan leur reste
# proportionnel.
_PAR_PROJET = f"""
    WITH notes AS MATERIALIZED (
        SELECT n.id, n.projet_id, o.critere_id, o.valeur
          FROM projets_notation n JOIN projets_note o ON o.notation_id = n.id
         WHERE n.projet_id = ANY(%s) AND {COMPTE}
    ), totaux AS (
        SELECT o.id, o.projet_id, {_TOTAL} AS total
          FROM notes o JOIN projets_critere c ON c.id = o.critere_id GROUP BY o.id, o.projet_id
    ), bilans AS (
        SELECT t.projet_id, count(*) AS nombre, round(avg(t.total), 2) AS moyenne,
               max(t.total) - min(t.total) AS ecart, array_agg(t.id) AS notations, array_agg(t.total) AS lesquels
          FROM totaux t GROUP BY t.projet_id
    ), sommes AS MATERIALIZED (
        SELECT o.projet_id, o.critere_id, sum(o.valeur) AS somme, count(*) AS nombre
          FROM notes o GROUP BY o.projet_id, o.critere_id
    ), planchers AS (
        SELECT m.projet_id, array_agg(c.intitule ORDER BY c.ordre) AS intitules
          FROM sommes m JOIN projets_critere c ON c.id = m.critere_id
         WHERE c.note_plancher IS NOT NULL AND m.somme < c.note_plancher * m.nombre
         GROUP BY m.projet_id
    )
    SELECT b.*, COALESCE(p.intitules, ARRAY[]::varchar[])
      FROM bilans b LEFT JOIN planchers p ON p.projet_id = b.projet_id
"""  # noqa: S608

_PAR_CRITERE = f"""
    SELECT c.id, c.intitule, c.note_maximale, c.poids, c.note_plancher, round(avg(o.valeur), 2), count(o.valeur),
           COALESCE(sum(o.valeur) < c.note_plancher * count(o.valeur), false)
      FROM projets_critere c
      LEFT JOIN (projets_note o JOIN projets_notation n
                     ON n.id = o.notation_id AND {COMPTE} AND n.projet_id = %s) ON o.critere_id = c.id
     WHERE c.appel_id = %s GROUP BY c.id ORDER BY c.ordre
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NotationDuProjet:
    """Ce que disent les notations d’un projet qui comptent : combien, moyenne, écart en points sur 100, planchers."""

    nombre: int = 0
    moyenne: Decimal | None = None
    ecart: Decimal = Decimal(0)
    sous_le_plancher: tuple[str, ...] = ()

    def requises(self, appel: AppelAProjets) -> int:
        """Combien il en faut avant l’avis, la notation de plus comprise."""
        admis = appel.ecart_de_troisieme_avis
        extremes = [0, en_centimes(self.ecart)]
        return regles.requises(appel.notations_attendues, None if admis is None else en_centimes(admis), extremes)

    def ecart_est_trop_grand(self, appel: AppelAProjets) -> bool:
        """Les totaux s’écartent plus que l’appel ne l’admet : un autre instructeur note aussi."""
        return self.requises(appel) > appel.notations_attendues

    def manquantes(self, appel: AppelAProjets) -> int:
        """Combien de notations manquent encore."""
        return max(self.requises(appel) - self.nombre, 0)


@dataclass(frozen=True, slots=True)
class CritereNote:
    """Un critère et la moyenne de ses notes rendues."""

    intitule: str
    note_maximale: int
    poids: Decimal
    note_plancher: int | None
    moyenne: Decimal | None
    nombre: int
    est_sous_le_plancher: bool


def notation_des_projets(projets: Iterable[int]) -> dict[int, NotationDuProjet]:
    """Identifiant de projet → ses notations rendues ; une requête, quel que soit le nombre de projets."""
    return {pk: bilan for pk, (bilan, _) in _bilans_et_totaux(list(projets)).items()}


def notation_du_projet(projet: int) -> NotationDuProjet:
    """Ce que disent les notations rendues de ce projet."""
    return notation_des_projets([projet])[projet]


def bilan_et_totaux(projet: int) -> tuple[NotationDuProjet, dict[int, Decimal]]:
    """Ce que disent les notations rendues de ce projet, et le total de chacune, en une requête."""
    return _bilans_et_totaux([projet])[projet]


def _bilans_et_totaux(projets: list[int]) -> dict[int, tuple[NotationDuProjet, dict[int, Decimal]]]:
    lus = {
        projet: (NotationDuProjet(nombre, moyenne, ecart, tuple(planchers)), dict(zip(notations, totaux, strict=True)))
        for projet, nombre, moyenne, ecart, notations, totaux, planchers in _lire(_PAR_PROJET, [projets])
    }
    return {pk: lus.get(pk, (NotationDuProjet(), {})) for pk in projets}


def moyennes_par_critere(projet: int, appel: int) -> list[CritereNote]:
    """Chaque critère de l’appel, dans l’ordre, et la moyenne de ses notes rendues sur ce projet."""
    return [CritereNote(*ligne[1:]) for ligne in _lire(_PAR_CRITERE, [projet, appel])]


def totaux_proposes(avis: Iterable[int]) -> dict[int, Decimal]:
    """Identifiant d’un avis → ce qu’il propose, toutes années (euros)."""
    lignes = PropositionAnnuelle.objects.filter(avis__in=list(avis)).order_by("avis").values_list("avis")
    return dict(lignes.annotate(Sum("montant")))


def lignes_de_la_regle(criteres: Iterable[Critere], notes: dict[int, tuple[int | None, str]]) -> list[regles.Ligne]:
    """Les critères et leurs notes (par identifiant de critère), pour les règles."""
    return [
        regles.Ligne(
            maximum=critere.note_maximale,
            poids=en_centimes(critere.poids),
            valeur=notes.get(critere.pk, (None, ""))[0],
            plancher=critere.note_plancher,
            est_justifiee=bool(notes.get(critere.pk, (None, ""))[1].strip()),
        )
        for critere in criteres
    ]


def _lire(requete: str, parametres: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return list(curseur.fetchall())
