"""Ce que les projets financés disent hors du vote : leur coût, l’aide du FSE, les allocataires accompagnés.

Une action partagée se partage ici comme son projet, selon la part en pour cent de chaque territoire : ces chiffres
s’additionnent, la somme des territoires est celle du programme. Un territoire reçoit sa quote-part par les plus forts
restes, axe par axe au centime, ou à l’allocataire près sur l’ensemble du périmètre.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from config.socle.montants import en_euros
from financements.chiffres.cube import lire
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO
from territoires.rules.plus_forts_restes import repartir

ENTIER = 10_000  # 100 %, en centièmes de pour cent : l’unité des parts d’un projet

# Une ligne par axe et par territoire, tous territoires ensemble : il faut les restes de tous pour en servir un.
# Quotes en centimes (ou en allocataires × années financées) × centièmes de % : des entiers, donc exactes.
# Un projet sans part, s’il y en a, compte dans le total seul, sous le code vide.
_QUOTES = """
SELECT pr.axe_id, COALESCE(te.code, ''),
       sum(COALESCE(budget.cout, 0) * 100 * part.centiemes),
       sum(COALESCE(fse.montant_fse, 0) * 100 * part.centiemes),
       sum(pr.allocataires_prevus * vote.annees * part.centiemes)
  FROM projets_projet pr
  JOIN financements_action a ON a.projet_id = pr.id
  JOIN LATERAL (SELECT count(*) AS annees FROM financements_tranche t
                 WHERE t.action_id = a.id AND t.annee BETWEEN %(debut)s AND %(fin)s AND t.montant > 0
       ) vote ON vote.annees > 0
 CROSS JOIN LATERAL (SELECT sum(e.cout) AS cout FROM projets_exerciceprojet e
                      WHERE e.projet_id = pr.id AND e.annee BETWEEN %(debut)s AND %(fin)s) budget
  LEFT JOIN financements_contrepartiefse fse ON fse.action_id = a.id
  LEFT JOIN projets_partprojet pp ON pp.projet_id = pr.id
  LEFT JOIN territoires_territoire te ON te.id = pp.territoire_id
 CROSS JOIN LATERAL (SELECT COALESCE(pp.pourcentage, 100) * 100 AS centiemes) part
 WHERE pr.appel_id = %(appel)s AND (%(axe)s::bigint IS NULL OR pr.axe_id = %(axe)s)
 GROUP BY pr.axe_id, te.code
"""


@dataclass(frozen=True)
class Budgets:
    """Dans le périmètre : coût des années et aide entière du FSE par axe (euros), allocataires accompagnés par an.

    `allocataires` : moyenne des années du périmètre, une action compte celles où elle est financée.
    """

    cout_par_axe: dict[int, Decimal]
    fse_par_axe: dict[int, Decimal]
    allocataires: int

    @property
    def cout(self) -> Decimal:
        """Coût des actions, tous axes (euros)."""
        return sum(self.cout_par_axe.values(), ZERO)

    @property
    def montant_fse(self) -> Decimal:
        """Aide du FSE, tous axes (euros)."""
        return sum(self.fse_par_axe.values(), ZERO)


def partager(quotes: Mapping[str, int], *, annees: int = 1) -> dict[str, int]:
    """Quotes-parts exactes (unités × centièmes de %) → parts entières, dont la somme est le total arrondi.

    Par les plus forts restes. `annees` : le total est divisé d’autant (une moyenne annuelle).
    """
    total = round(Fraction(sum(quotes.values()), ENTIER * annees))
    return repartir(total, quotes) if any(quotes.values()) else dict.fromkeys(quotes, 0)


def lire_budgets(perimetre: Perimetre) -> Budgets:
    """Une requête."""
    couts: dict[int, dict[str, int]] = defaultdict(dict)
    aides: dict[int, dict[str, int]] = defaultdict(dict)
    allocataires: dict[str, int] = defaultdict(int)
    for axe, code, cout, aide, accompagnes in lire(_QUOTES, perimetre):
        couts[axe][code], aides[axe][code] = int(cout), int(aide)
        allocataires[code] += int(accompagnes)
    return Budgets(
        cout_par_axe={axe: en_euros(_servi(perimetre, partager(quotes))) for axe, quotes in couts.items()},
        fse_par_axe={axe: en_euros(_servi(perimetre, partager(quotes))) for axe, quotes in aides.items()},
        allocataires=_servi(perimetre, partager(allocataires, annees=len(perimetre.annees))),
    )


def _servi(perimetre: Perimetre, parts: Mapping[str, int]) -> int:
    """Ce qui revient au territoire du périmètre ; tout, s’il n’en a pas."""
    return sum(parts.values()) if perimetre.territoire is None else parts.get(perimetre.territoire.code, 0)
