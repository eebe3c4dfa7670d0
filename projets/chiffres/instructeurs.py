"""Ce que chacun note, en moyenne, et de combien il s’écarte de ses collègues sur les mêmes projets."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from projets.chiffres.notation import TOTAUX

_PAR_INSTRUCTEUR = f"""
    WITH totaux AS MATERIALIZED (
        SELECT t.* FROM ({TOTAUX}) t JOIN projets_projet p ON p.id = t.projet_id
         WHERE (%(appel)s::bigint IS NULL OR p.appel_id = %(appel)s)
           AND (%(axe)s::bigint IS NULL OR p.axe_id = %(axe)s)
    ), ecarts AS (
        SELECT t.instructeur_id, t.total - avg(autre.total) AS ecart
          FROM totaux t JOIN totaux autre ON autre.projet_id = t.projet_id AND autre.id <> t.id
         GROUP BY t.id, t.instructeur_id, t.total
    ), compares AS (
        SELECT instructeur_id, count(*) AS nombre, round(avg(ecart), 2) AS ecart FROM ecarts GROUP BY instructeur_id
    )
    SELECT trim(concat_ws(' ', i.prenom, i.nom)), count(*), round(avg(t.total), 2), round(stddev_pop(t.total), 2),
           COALESCE(c.nombre, 0), c.ecart
      FROM totaux t JOIN comptes_personne i ON i.id = t.instructeur_id
      LEFT JOIN compares c ON c.instructeur_id = t.instructeur_id
     GROUP BY i.id, c.nombre, c.ecart
     ORDER BY c.ecart NULLS LAST, 3, 1
"""  # noqa: S608 (les requêtes s’emboîtent, rien ne vient de l’extérieur)


@dataclass(frozen=True, slots=True)
class Instructeur:
    """Qui note : combien de projets, moyenne et écart type des totaux ; écart moyen aux collègues, en points.

    `ecart` : son total moins la moyenne des autres, sur les `compares` projets qu’ils ont notés aussi ; négatif, il
    note plus sévèrement. None si personne d’autre n’a noté ses projets.
    """

    nom: str
    nombre: int
    moyenne: Decimal
    ecart_type: Decimal
    compares: int
    ecart: Decimal | None


def notations_par_instructeur(appel: int | None = None, axe: int | None = None) -> list[Instructeur]:
    """Un par personne qui a rendu une notation, du plus sévère au plus généreux ; une requête."""
    with connection.cursor() as curseur:
        curseur.execute(_PAR_INSTRUCTEUR, {"appel": appel, "axe": axe})
        return [Instructeur(*ligne) for ligne in curseur.fetchall()]
