"""Ce qui reste à publier : les conventions au-dessus du seuil qui ne sont pas en ligne, ou ne le sont plus à jour."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from financements.chiffres.exports.scdl import Subventions
from financements.models import Action
from financements.rules.scdl import PREMIERE_SIGNATURE, a_publier_avant
from projets.models import AppelAProjets

_RESTE = """
    , en_ligne AS (
        SELECT DISTINCT ON (l.action_id) l.action_id, l.montant, l.datee_le
          FROM financements_lignepubliee l
          JOIN financements_publication u ON u.id = l.publication_id AND u.en_ligne_le IS NOT NULL
         WHERE u.appel_id = %s
         ORDER BY l.action_id, u.en_ligne_le DESC, u.id DESC
    )
    SELECT count(*) FILTER (WHERE e.action_id IS NULL),
           count(*) FILTER (WHERE (e.montant, e.datee_le) <> (j.montant, j.datee_le)),
           min(j.datee_le) FILTER (WHERE e.action_id IS NULL)
      FROM jugees j LEFT JOIN en_ligne e ON e.action_id = j.id
     WHERE j.situation = 'publiable' AND j.datee_le >= %s
"""


@dataclass(frozen=True, slots=True)
class RestesAPublier:
    """Combien de conventions ne sont pas en ligne, combien y ont changé (un avenant), et la première échéance."""

    jamais: int
    changees: int
    avant: date | None

    def __bool__(self) -> bool:
        return bool(self.jamais or self.changees)


def restes_a_publier(appel: AppelAProjets) -> RestesAPublier:
    """Une requête ; seulement ce que la loi oblige à publier (décret 2017-779 : les conventions signées depuis le
    1er août 2017, trois mois après leur signature)."""
    legales = Subventions(appel, Action.objects.filter(projet__appel=appel), seuil=True)
    sql, parametres = legales.tables()
    with connection.cursor() as curseur:
        curseur.execute(sql + _RESTE, [*parametres, appel.pk, PREMIERE_SIGNATURE])
        jamais, changees, premiere = curseur.fetchone()
    return RestesAPublier(jamais, changees, a_publier_avant(premiere) if premiere else None)
