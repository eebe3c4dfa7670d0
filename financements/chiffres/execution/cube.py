"""Le cube de l’exécution : exercice × axe × territoire, et exercice × axe × forme juridique.

Un territoire reçoit sa part de chaque montant au centime, aux plus forts restes, en cascade : l’engagé au prorata des
parts votées de l’année, le liquidé au prorata de cet engagé, et ainsi de suite. Ce qui est égal le reste dans chaque
territoire, ce qui est moindre aussi : aucun n’a plus de payé que d’engagé. La règle est
`territoires.rules.plus_forts_restes` ; PostgreSQL la suit (un essai compare les deux), pour ne pas lire chaque action.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from financements.chiffres.execution.tableaux import Chiffres
from financements.chiffres.perimetre import Perimetre
from financements.states.execution import TITRES_COMPTES, VERSEMENTS_COMPTES, VERSEMENTS_MANDATES, EtatVersement

GRANDEURS = ("attribue", "engage", "prevu", "liquide", "mandate", "paye", "repris")
CENTIME = Decimal("0.01")
# Les montants d’un étage, et ce au prorata de quoi ils se partagent : `w`, les parts votées, ou celui qui les comprend
CASCADE = (
    (("attribue", "engage", "prevu", "repris"), "w"),
    (("liquide",), "engage"),
    (("mandate",), "liquide"),
    (("paye",), "mandate"),
)


def etats(lesquels: Any) -> str:
    """Une liste SQL d’états, tous écrits dans le code."""
    return ", ".join(f"'{etat}'" for etat in sorted(map(str, lesquels)))


_VERSES = {
    "prevu": f"v.etat IN ({etats((EtatVersement.PREVU.value, EtatVersement.SUSPENDU.value))})",
    "liquide": f"v.etat IN ({etats(VERSEMENTS_COMPTES)})",
    "mandate": f"v.etat IN ({etats(VERSEMENTS_MANDATES)})",
    "paye": f"v.etat = '{EtatVersement.PAYE.value}'",
}
# Une ligne par écriture (euros). Un titre est de l’exercice où il est émis.
ECRITURES = f"""
WITH lie AS MATERIALIZED (
    SELECT a.id AS action, pr.id AS projet, pr.axe_id AS axe, pr.organisme_id AS organisme,
           o.forme_juridique AS forme
      FROM projets_projet pr
      JOIN financements_action a ON a.projet_id = pr.id JOIN comptes_organisme o ON o.id = pr.organisme_id
     WHERE pr.appel_id = %(appel)s AND (%(axe)s::bigint IS NULL OR pr.axe_id = %(axe)s)
), ecritures AS (
    SELECT t.action_id AS action, t.annee AS exercice, t.montant AS attribue, NULL::numeric AS engage,
           NULL::numeric AS prevu, NULL::numeric AS liquide, NULL::numeric AS mandate, NULL::numeric AS paye,
           NULL::numeric AS repris
      FROM financements_tranche t WHERE t.action_id IN (SELECT action FROM lie)
    UNION ALL
    SELECT m.action_id, m.exercice, NULL, m.montant, NULL, NULL, NULL, NULL, NULL
      FROM financements_mouvementdengagement m WHERE m.action_id IN (SELECT action FROM lie)
    UNION ALL
    SELECT v.action_id, v.exercice, NULL, NULL,
           {", ".join(f"CASE WHEN {quand} THEN v.montant END" for quand in _VERSES.values())}, NULL
      FROM financements_versement v
     WHERE v.etat <> '{EtatVersement.ANNULE.value}' AND v.action_id IN (SELECT action FROM lie)
    UNION ALL
    SELECT r.action_id, extract(year FROM r.emis_le)::int, NULL, NULL, NULL, NULL, NULL, NULL, r.montant
      FROM financements_titrederecette r
     WHERE r.etat IN ({etats(TITRES_COMPTES)}) AND r.action_id IN (SELECT action FROM lie)
)"""  # noqa: S608 (du SQL écrit dans le code)
# Action × exercice, en centimes entiers.
FLUX = f"""{ECRITURES}
, flux AS MATERIALIZED (
    SELECT action, exercice, {", ".join(f"COALESCE(sum({nom}), 0) * 100 AS {nom}" for nom in GRANDEURS)}
      FROM ecritures GROUP BY action, exercice
)"""  # noqa: S608

# Les poids : les parts votées de l’année ; sans elles, celles de toutes les années ; sans elles, celles du projet.
# Une action d’un seul territoire n’a rien à partager : `seules` la lui donne, et la cascade ne la voit pas.
_POIDS = """
, parts AS MATERIALIZED (
    SELECT t.action_id AS action, t.annee, pt.territoire_id AS territoire, pt.montant * 100 AS w
      FROM financements_parttranche pt JOIN financements_tranche t ON t.id = pt.tranche_id
     WHERE pt.montant > 0 AND t.action_id IN (SELECT action FROM lie)
), toutes AS MATERIALIZED (
    SELECT action, territoire, sum(w) AS w FROM parts GROUP BY action, territoire
    UNION ALL
    SELECT l.action, pp.territoire_id, pp.pourcentage * 100 FROM lie l
      JOIN projets_partprojet pp ON pp.projet_id = l.projet
     WHERE NOT EXISTS (SELECT 1 FROM parts p WHERE p.action = l.action)
), seules AS MATERIALIZED (
    SELECT action, min(territoire) AS territoire FROM toutes GROUP BY action HAVING count(*) = 1
), partages AS MATERIALIZED (
    SELECT f.* FROM flux f WHERE f.action NOT IN (SELECT action FROM seules)
), dotes AS (
    SELECT DISTINCT action, annee FROM parts
), poids AS MATERIALIZED (
    SELECT p.*, te.code, count(*) OVER (PARTITION BY p.action, p.exercice) AS combien
      FROM (
        SELECT f.*, p.territoire, p.w FROM partages f JOIN parts p ON p.action = f.action AND p.annee = f.exercice
        UNION ALL
        SELECT f.*, q.territoire, q.w FROM partages f
          LEFT JOIN dotes d ON d.action = f.action AND d.annee = f.exercice JOIN toutes q ON q.action = f.action
         WHERE d.action IS NULL
      ) p
      JOIN territoires_territoire te ON te.id = p.territoire
)"""


def _etage(rang: int, noms: Sequence[str], avant: str, au_prorata: str) -> str:
    """Ajoute aux colonnes de l’étage d’`avant` `p_<nom>`, la part de chaque territoire dans chaque montant."""
    poids, tout = f"poids_{rang}", f"tout_{rang}"
    quotas = ", ".join(
        f"div(abs({nom}) * {poids}, {tout}) AS entier_{nom}, mod(abs({nom}) * {poids}, {tout}) AS reste_{nom}"
        for nom in noms
    )
    parts = ", ".join(
        f"""sign({nom}) * (entier_{nom} + CASE WHEN
             row_number() OVER (PARTITION BY action, exercice ORDER BY reste_{nom} DESC, {poids} DESC, code)
             <= abs({nom}) - sum(entier_{nom}) OVER tout THEN 1 ELSE 0 END) AS p_{nom}"""
        for nom in noms
    )
    return f"""
, mesure_{rang} AS (
    SELECT m.*, sum({poids}) OVER tout AS {tout}
      FROM (SELECT e.*, {au_prorata} AS {poids} FROM {avant} e WHERE e.combien > 1) m
    WINDOW tout AS (PARTITION BY action, exercice)
), quota_{rang} AS (
    SELECT q.*, {quotas} FROM mesure_{rang} q
), part_{rang} AS (
    SELECT q.*, {parts} FROM quota_{rang} q WINDOW tout AS (PARTITION BY action, exercice)
)"""  # noqa: S608


def _cascade() -> str:
    """Les étages à la suite, puis `repartis` : une ligne par action, exercice et territoire, en centimes."""
    texte, avant = "", "poids"
    for rang, (noms, sur) in enumerate(CASCADE):
        # Rien au-dessus (ou un exercice négatif) : il n’y a rien à partager à son prorata, les parts votées suffisent.
        prorata = "w" if sur == "w" else f"CASE WHEN {sur} > 0 THEN p_{sur} ELSE w END"
        texte += _etage(rang, noms, avant, prorata)
        avant = f"part_{rang}"
    colonnes = ", ".join(f"p_{nom}" for nom in GRANDEURS)
    return f"""{texte}
, repartis (action, exercice, territoire, {", ".join(GRANDEURS)}) AS (
    SELECT f.action, f.exercice, s.territoire, {", ".join(f"f.{nom}" for nom in GRANDEURS)}
      FROM flux f JOIN seules s ON s.action = f.action
    UNION ALL
    SELECT action, exercice, territoire, {", ".join(GRANDEURS)} FROM poids WHERE combien = 1
    UNION ALL
    SELECT action, exercice, territoire, {colonnes} FROM {avant}
)"""  # noqa: S608


REPARTIS = f"{FLUX}{_POIDS}{_cascade()}"
# Les mêmes lignes sans partage, d’aucun territoire : quand aucun n’est demandé, la somme des parts est le montant.
ENTIERS = f"""{FLUX}
, repartis (action, exercice, territoire, {", ".join(GRANDEURS)}) AS (
    SELECT action, exercice, NULL::bigint, {", ".join(GRANDEURS)} FROM flux
)"""  # noqa: S608
_CUBE = """
SELECT {quoi}, r.exercice::text, l.axe::text, {ou}, ARRAY[{sommes}]
  FROM {source} r JOIN lie l ON l.action = r.action
 WHERE (%(debut)s::int IS NULL OR r.exercice >= %(debut)s) AND (%(fin)s::int IS NULL OR r.exercice <= %(fin)s)
 GROUP BY {groupes}
"""
_DEUX_DECOUPES = _CUBE.format(
    quoi="CASE GROUPING(r.territoire) WHEN 0 THEN 'territoire' ELSE 'forme' END",
    ou="COALESCE(r.territoire::text, l.forme)",
    sommes=", ".join(f"sum(r.{nom}) / 100" for nom in GRANDEURS),
    source="(SELECT * FROM repartis WHERE %(territoire)s::bigint IS NULL OR territoire = %(territoire)s)",
    groupes="GROUPING SETS ((r.exercice, l.axe, r.territoire), (r.exercice, l.axe, l.forme))",
)
CUBE = f"{REPARTIS}{_DEUX_DECOUPES}"
# Sans découpe par territoire, les écritures s’additionnent telles quelles.
_PAR_FORME = _CUBE.format(
    quoi="'forme'",
    ou="l.forme",
    sommes=", ".join(f"COALESCE(sum(r.{nom}), 0)" for nom in GRANDEURS),
    source="ecritures",
    groupes="r.exercice, l.axe, l.forme",
)
CUBE_ENTIER = f"{ECRITURES}{_PAR_FORME}"


class Case(NamedTuple):
    """Un exercice d’un axe dans un territoire, ou dans une forme juridique."""

    exercice: int
    axe: int
    ou: Any
    chiffres: Chiffres


@dataclass
class CubeDExecution:
    """Deux découpes du même total : par forme juridique des organismes ; par territoire (clé), si on la demande."""

    territoires: list[Case] = field(default_factory=list)
    formes: list[Case] = field(default_factory=list)


def bornes(perimetre: Perimetre) -> dict[str, int | None]:
    """Les exercices du périmètre. Toutes les années d’un appel : sans bornes, un solde se paie l’année d’après."""
    appel = perimetre.appel
    est_entiere = perimetre.annees[0] <= appel.annee_debut and perimetre.annees[-1] >= appel.annee_fin
    if est_entiere:
        return {"debut": None, "fin": None}
    return {"debut": perimetre.annees[0], "fin": perimetre.annees[-1]}
