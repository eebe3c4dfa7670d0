"""Le cube année × axe × territoire et ses comptes, en un passage de PostgreSQL sur les parts de tranche.

En SQL : l’ORM ne sait pas dire GROUPING SETS, et additionner quatre fois les mêmes parts coûterait quatre fois le
temps.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from financements.chiffres.perimetre import Perimetre

PAR_LOT = 500

# Les parts de tranche du périmètre, la même matière que `Perimetre.parts()` (un essai compare les deux).
_CUBE = """
SELECT t.annee, pr.axe_id, pt.territoire_id, sum(pt.montant),
       COALESCE(sum(pt.montant) FILTER (WHERE fse.id IS NOT NULL), 0),
       count(DISTINCT a.id) FILTER (WHERE pt.montant > 0),
       count(DISTINCT pr.organisme_id) FILTER (WHERE pt.montant > 0),
       count(DISTINCT fse.id) FILTER (WHERE pt.montant > 0)
  FROM financements_parttranche pt
  JOIN financements_tranche t ON t.id = pt.tranche_id
  JOIN financements_action a ON a.id = t.action_id
  JOIN projets_projet pr ON pr.id = a.projet_id
  LEFT JOIN financements_contrepartiefse fse ON fse.action_id = a.id
 WHERE pr.appel_id = %(appel)s AND t.annee BETWEEN %(debut)s AND %(fin)s
   AND (%(territoire)s::bigint IS NULL OR pt.territoire_id = %(territoire)s)
   AND (%(axe)s::bigint IS NULL OR pr.axe_id = %(axe)s)
 GROUP BY GROUPING SETS ((t.annee, pr.axe_id, pt.territoire_id), (pr.axe_id), (pt.territoire_id), ())
"""


class Somme(NamedTuple):
    """Une case du cube (euros) : voté, et voté pour des actions cofinancées par le FSE."""

    annee: int
    axe: int
    territoire: int
    vote: Decimal
    vote_fse: Decimal


class Compte(NamedTuple):
    """Ce qui a de l’argent : actions, organismes, actions cofinancées par le FSE."""

    actions: int = 0
    organismes: int = 0
    actions_fse: int = 0


@dataclass
class Cube:
    """`sommes` et comptes. Une action de deux territoires compte dans chacun des deux, une fois dans l’ensemble."""

    sommes: list[Somme] = field(default_factory=list)
    par_axe: dict[int, Compte] = field(default_factory=dict)
    par_territoire: dict[int, Compte] = field(default_factory=dict)
    ensemble: Compte = field(default_factory=Compte)


def lire_cube(perimetre: Perimetre) -> Cube:
    """Une requête."""
    cube = Cube()
    for annee, axe, territoire, vote, vote_fse, *comptes in lire(_CUBE, perimetre):
        if annee is not None:
            cube.sommes.append(Somme(annee, axe, territoire, vote, vote_fse))
        elif axe is not None:
            cube.par_axe[axe] = Compte(*comptes)
        elif territoire is not None:
            cube.par_territoire[territoire] = Compte(*comptes)
        else:
            cube.ensemble = Compte(*comptes)
    return cube


def lire(sql: str, perimetre: Perimetre, **autres: Any) -> list[tuple[Any, ...]]:
    """Les lignes d’une requête qui nomme `appel`, `debut`, `fin`, `territoire` et `axe` (nuls : sans restriction).

    `autres` : d’autres paramètres, ou d’autres valeurs de ceux-là.
    """
    with connection.cursor() as curseur:
        curseur.execute(sql, _parametres(perimetre, autres))
        return list(curseur.fetchall())


def lire_au_fil(sql: str, perimetre: Perimetre, **autres: Any) -> Iterator[tuple[Any, ...]]:
    """Comme `lire`, par un curseur du serveur : une ligne lue ne reste pas en mémoire."""
    with connection.chunked_cursor() as curseur:
        curseur.execute(sql, _parametres(perimetre, autres))
        while lot := curseur.fetchmany(PAR_LOT):
            yield from lot


def _parametres(perimetre: Perimetre, autres: dict[str, Any]) -> dict[str, Any]:
    return {
        "appel": perimetre.appel.pk,
        "debut": perimetre.annees[0],
        "fin": perimetre.annees[-1],
        "territoire": perimetre.territoire.pk if perimetre.territoire else None,
        "axe": perimetre.axe.pk if perimetre.axe else None,
        **autres,
    }
