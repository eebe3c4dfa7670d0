"""Ce qui ne se partage pas entre territoires : affectations par axe, reports de crédits, calendrier des versements.

Trois lectures de rien du tout, à la suite du cube, de mêmes colonnes que lui : quoi, deux clés, rien, la somme.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from financements.chiffres.execution.cube import etats
from financements.chiffres.tableaux import ZERO
from financements.states.execution import VERSEMENTS_MANDATES, EtatVersement

# Un versement annulé n’est plus prévu ; un versement mandaté compte au trimestre de son mandat.
MOUVEMENTS = f"""
SELECT 'affecte', f.axe_id::text, NULL, NULL, ARRAY[sum(f.montant)] FROM financements_affectationdecredits f
  JOIN financements_enveloppe e ON e.id = f.enveloppe_id
 WHERE e.appel_id = %(appel)s AND (%(axe)s::bigint IS NULL OR f.axe_id = %(axe)s) GROUP BY f.axe_id
UNION ALL
SELECT 'report', r.de::text, r.vers::text, NULL, ARRAY[sum(r.montant)] FROM financements_reportdecredits r
  JOIN financements_enveloppe e ON e.id = r.enveloppe_id
 WHERE e.appel_id = %(appel)s GROUP BY r.de, r.vers
UNION ALL
SELECT 'versement', date_trunc('quarter', v.prevu_le)::date::text, m.trimestre::text, NULL,
       ARRAY[sum(v.montant)]
  FROM financements_versement v
  JOIN financements_action a ON a.id = v.action_id JOIN projets_projet pr ON pr.id = a.projet_id
 CROSS JOIN LATERAL (SELECT CASE WHEN v.etat IN ({etats(VERSEMENTS_MANDATES)})
                                 THEN date_trunc('quarter', v.mandate_le)::date END AS trimestre) m
 WHERE v.etat <> '{EtatVersement.ANNULE.value}' AND pr.appel_id = %(appel)s
   AND (%(axe)s::bigint IS NULL OR pr.axe_id = %(axe)s)
   AND (%(debut)s::int IS NULL OR v.exercice BETWEEN %(debut)s AND %(fin)s)
 GROUP BY 2, 3
"""  # noqa: S608 (du SQL écrit dans le code)
Montants = dict[date, Decimal]


@dataclass
class Mouvements:
    """Axe → affecté ; (exercice d’origine, d’arrivée) → reporté ; trimestre → prévu, et mandaté (euros)."""

    affectes: dict[int, Decimal] = field(default_factory=dict)
    reports: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    prevus: Montants = field(default_factory=lambda: defaultdict(lambda: ZERO))
    mandates: Montants = field(default_factory=lambda: defaultdict(lambda: ZERO))
