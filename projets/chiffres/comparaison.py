"""Plusieurs projets à la fois face à leur axe et à leurs critères : ce que montre un cahier de fiches."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from projets.chiffres.analyse import SANS_SUITE, Repere
from projets.chiffres.notation import COMPTE

_COUTS = """
    WITH deposes AS (
        SELECT p.id, p.axe_id, p.etat <> ALL(%(sans_suite)s) AS compte,
               sum(e.cout) / NULLIF(p.allocataires_prevus * count(*), 0) AS cout
          FROM projets_projet p JOIN projets_exerciceprojet e ON e.projet_id = p.id
         WHERE p.appel_id = %(appel)s AND p.numero IS NOT NULL AND p.etat <> 'brouillon'
         GROUP BY p.id, p.axe_id, p.etat
    ), medianes AS (
        SELECT axe_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY cout) FILTER (WHERE compte) AS mediane
          FROM deposes GROUP BY axe_id
    )
    SELECT d.id, round(d.cout, 2), round(m.mediane::numeric, 2)
      FROM deposes d JOIN medianes m USING (axe_id) WHERE d.id = ANY(%(projets)s)
"""

_CRITERES = f"""
    SELECT n.projet_id, c.intitule, c.note_maximale, c.poids, round(avg(o.valeur), 2)
      FROM projets_note o JOIN projets_notation n ON n.id = o.notation_id JOIN projets_critere c ON c.id = o.critere_id
     WHERE n.projet_id = ANY(%s) AND {COMPTE}
     GROUP BY n.projet_id, c.id ORDER BY n.projet_id, c.ordre
"""  # noqa: S608 (une condition écrite dans le code)

CritereMoyen = tuple[str, int, Decimal, Decimal]  # intitulé, note maximale, poids (%), moyenne des notes


def couts_par_allocataire(appel: int, projets: Iterable[int]) -> dict[int, Repere]:
    """Projet → euros par allocataire et par an, et la médiane de son axe. Une requête."""
    vises = {"appel": appel, "projets": list(projets), "sans_suite": list(SANS_SUITE)}
    return {pk: Repere(cout, mediane) for pk, cout, mediane in _lire(_COUTS, vises)}


def moyennes_par_critere_des_projets(projets: Iterable[int]) -> dict[int, list[CritereMoyen]]:
    """Projet → chaque critère noté, dans l’ordre, et la moyenne de ses notes qui comptent. Une requête."""
    trouves: dict[int, list[CritereMoyen]] = defaultdict(list)
    for projet, *critere in _lire(_CRITERES, [list(projets)]):
        trouves[projet].append(tuple(critere))
    return trouves


def _lire(requete: str, parametres: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return list(curseur.fetchall())
