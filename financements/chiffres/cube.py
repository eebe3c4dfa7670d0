"""Le cube année × axe × territoire et ses comptes, en deux passages de PostgreSQL sur les parts de tranche.

En SQL : l’ORM ne sait pas dire GROUPING SETS, et additionner trois fois les mêmes parts coûterait trois fois le temps.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from financements.chiffres.perimetre import Perimetre

# Les parts de tranche du périmètre, la même matière que `Perimetre.parts()` (un essai compare les deux).
_PARTS = """
  FROM financements_parttranche pt
  JOIN financements_tranche t ON t.id = pt.tranche_id
  JOIN financements_action a ON a.id = t.action_id
  JOIN projets_projet pr ON pr.id = a.projet_id
 WHERE pr.appel_id = %(appel)s AND t.annee BETWEEN %(debut)s AND %(fin)s
   AND (%(territoire)s::bigint IS NULL OR pt.territoire_id = %(territoire)s)
   AND (%(axe)s::bigint IS NULL OR pr.axe_id = %(axe)s)
"""
_CUBE = f"""
SELECT t.annee, pr.axe_id, pt.territoire_id, sum(pt.montant), count(DISTINCT a.id) FILTER (WHERE pt.montant > 0)
{_PARTS}
GROUP BY GROUPING SETS ((t.annee, pr.axe_id, pt.territoire_id), (pr.axe_id), (pt.territoire_id))
"""
_ENSEMBLE = f"""
SELECT count(DISTINCT action), count(DISTINCT organisme_id), COALESCE(sum(allocataires_prevus), 0)
  FROM (SELECT DISTINCT a.id AS action, t.annee, pr.organisme_id, pr.allocataires_prevus {_PARTS}
           AND pt.montant > 0) annees_financees
"""  # noqa: S608 (idem)


@dataclass(frozen=True)
class Cube:
    """`sommes` : (année, axe, territoire, euros). Une action de deux territoires compte dans chacun des deux."""

    sommes: list[tuple[int, int, int, Decimal]] = field(default_factory=list)
    actions_par_axe: dict[int, int] = field(default_factory=dict)
    actions_par_territoire: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ensemble:
    """Ce que le périmètre compte : actions qui ont de l’argent, organismes, allocataires.

    `allocataires` : prévision annuelle de chaque action, comptée autant de fois que d’années financées.
    """

    actions: int
    organismes: int
    allocataires: int


def lire_cube(perimetre: Perimetre) -> Cube:
    """Une requête."""
    cube = Cube()
    for annee, axe, territoire, somme, actions in _lire(_CUBE, perimetre):
        if annee is not None:
            cube.sommes.append((annee, axe, territoire, somme))
        elif axe is not None:
            cube.actions_par_axe[axe] = actions
        else:
            cube.actions_par_territoire[territoire] = actions
    return cube


def lire_ensemble(perimetre: Perimetre) -> Ensemble:
    """Une requête."""
    ((actions, organismes, allocataires),) = _lire(_ENSEMBLE, perimetre)
    return Ensemble(actions, organismes, allocataires)


def _lire(sql: str, perimetre: Perimetre) -> list[tuple[Any, ...]]:
    parametres = {
        "appel": perimetre.appel.pk,
        "debut": perimetre.annees[0],
        "fin": perimetre.annees[-1],
        "territoire": perimetre.territoire.pk if perimetre.territoire else None,
        "axe": perimetre.axe.pk if perimetre.axe else None,
    }
    with connection.cursor() as curseur:
        curseur.execute(sql, parametres)
        return list(curseur.fetchall())
