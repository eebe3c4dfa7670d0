"""Ce que chaque organisme reçoit : aide attribuée, engagée, versée, reste, conventions et bilans, page par page.

Un organisme est son SIREN : deux établissements du même font une ligne. Sans SIRET, il est lui-même (même clé que
`financements.chiffres.conventions`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from financements.chiffres.conventions import CLE_DU_TIERS
from financements.chiffres.cube import lire
from financements.chiffres.execution.cube import CENTIME, ENTIERS, GRANDEURS, REPARTIS, bornes, etats
from financements.chiffres.execution.tableaux import Chiffres, somme
from financements.chiffres.perimetre import Perimetre
from financements.states.execution import EtatBilan, EtatConvention

# Ce que l’adresse nomme → l’ordre des lignes ; le nom puis la clé départagent.
TRIS = {
    "organisme": "nom_tri",
    "actions": "actions",
    "attribue": "attribue",
    "engage": "engage",
    "paye": "paye",
    "reste": "engage - mandate",
}
TRI_PAR_DEFAUT = "-attribue"
_SOMMES = ", ".join(f"sum(r.{nom}) / 100 AS {nom}" for nom in GRANDEURS)
_DETAIL = f"""
, detail AS MATERIALIZED (
    SELECT {CLE_DU_TIERS} AS cle, min(o.nom_tri) AS nom_tri,
           (array_agg(o.nom ORDER BY o.id))[1] AS nom, array_agg(DISTINCT o.id) AS organismes,
           count(DISTINCT r.action) FILTER (WHERE r.attribue > 0 OR r.engage <> 0) AS actions, {_SOMMES}
      FROM repartis r JOIN lie l ON l.action = r.action JOIN comptes_organisme o ON o.id = l.organisme
     WHERE (%(debut)s::int IS NULL OR r.exercice >= %(debut)s) AND (%(fin)s::int IS NULL OR r.exercice <= %(fin)s)
       AND (%(territoire)s::bigint IS NULL OR r.territoire = %(territoire)s)
       AND (%(forme)s::text IS NULL OR l.forme = %(forme)s)
       AND (%(mots)s::text[] IS NULL OR o.nom_tri LIKE ALL (%(mots)s) OR o.siret LIKE ALL (%(mots)s))
     GROUP BY 1
    HAVING NOT %(reste)s OR sum(r.engage) > sum(r.mandate)
)"""  # noqa: S608 (du SQL écrit dans le code)
# Le total, sans clé, et les lignes de la page : une seule lecture des écritures pour les deux.
_PAGE = f"""
SELECT NULL AS cle, NULL AS nom, NULL AS organismes, count(*), COALESCE(sum(actions), 0),
       {", ".join(f"COALESCE(sum({nom}), 0)" for nom in GRANDEURS)} FROM detail
UNION ALL
(SELECT cle, nom, organismes, 1, actions, {", ".join(GRANDEURS)} FROM detail
  ORDER BY {{ordre}}, nom_tri, cle LIMIT %(combien)s OFFSET %(depuis)s)
"""  # noqa: S608
# Les conventions et les bilans des seuls organismes d’une page.
_SUIVI = f"""
SELECT {CLE_DU_TIERS}, count(c.id), count(c.id) FILTER (WHERE c.etat IN ({etats((EtatConvention.SIGNEE, EtatConvention.SOLDEE))})),
       sum(b.dus), sum(b.valides), sum(b.retards)
  FROM financements_action a JOIN projets_projet p ON p.id = a.projet_id JOIN comptes_organisme o ON o.id = p.organisme_id
  LEFT JOIN financements_convention c ON c.action_id = a.id
 CROSS JOIN LATERAL (
    SELECT count(*) AS dus, count(*) FILTER (WHERE x.etat = '{EtatBilan.VALIDE.value}') AS valides,
           count(*) FILTER (WHERE x.etat IN ({etats((EtatBilan.A_REMPLIR, EtatBilan.A_CORRIGER))}) AND x.du_le < %(au)s) AS retards
      FROM financements_bilan x WHERE x.action_id = a.id) b
 WHERE p.appel_id = %(appel)s AND p.organisme_id = ANY (%(organismes)s)
   AND (%(axe)s::bigint IS NULL OR p.axe_id = %(axe)s)
 GROUP BY 1
"""  # noqa: S608, E501


@dataclass(frozen=True)
class Choix:
    """Les filtres de la liste : mots du nom ou du SIRET, forme juridique, seulement ceux à qui il reste à mandater."""

    mots: tuple[str, ...] = ()
    forme: str = ""
    reste: bool = False


@dataclass(frozen=True)
class OrganismeAide:
    """Un organisme du périmètre. `retards` : bilans dus et pas rendus."""

    cle: str
    nom: str
    organismes: tuple[int, ...]
    actions: int
    chiffres: Chiffres
    conventions: int = 0
    signees: int = 0
    bilans: int = 0
    valides: int = 0
    retards: int = 0

    @property
    def siren(self) -> str:
        """Neuf chiffres ; vide sans SIRET."""
        return "" if self.cle.startswith("o") else self.cle

    @property
    def en_retard(self) -> str:
        """« 2 en retard »."""
        return f"{self.retards}\u00a0en retard"


@dataclass(frozen=True)
class ToutesLesAides:
    """Le total de la liste filtrée."""

    organismes: int
    actions: int
    chiffres: Chiffres


class Organismes:
    """Les organismes d’un périmètre, filtrés. Leur total et une page se lisent ensemble, puis son suivi."""

    def __init__(self, perimetre: Perimetre, choix: Choix, tri: str, *, au: date) -> None:
        self.perimetre, self.choix, self.au = perimetre, choix, au
        self.tri = tri if tri.removeprefix("-") in TRIS else TRI_PAR_DEFAUT

    def lire(self, depuis: int, combien: int) -> tuple[ToutesLesAides, list[OrganismeAide]]:
        """Le total de la liste, et ces lignes-là avec leurs conventions et leurs bilans. Deux requêtes."""
        total, lignes = self.montants(depuis, combien)
        return total, list(self._avec_suivi(lignes))

    def montants(self, depuis: int, combien: int) -> tuple[ToutesLesAides, list[OrganismeAide]]:
        """Le total de la liste, et ces lignes-là sans conventions ni bilans. Une requête."""
        sens = " DESC" if self.tri.startswith("-") else ""
        ordre = TRIS[self.tri.removeprefix("-")] + sens
        toutes = self._lire(_PAGE.format(ordre=ordre), depuis=depuis, combien=combien)
        (total,), lues = [ligne for ligne in toutes if ligne[0] is None], [ligne for ligne in toutes if ligne[0]]
        lignes = [
            OrganismeAide(cle, nom, tuple(organismes), int(actions), _chiffres(sommes))
            for cle, nom, organismes, _, actions, *sommes in lues
        ]
        _, _, _, nombre, actions, *sommes = total
        return ToutesLesAides(nombre, int(actions), _chiffres(sommes)), lignes

    def _avec_suivi(self, lignes: Sequence[OrganismeAide]) -> Iterator[OrganismeAide]:
        organismes = [cle for ligne in lignes for cle in ligne.organismes]
        suivis = {cle: suite for cle, *suite in lire(_SUIVI, self.perimetre, organismes=organismes, au=self.au)}
        for ligne in lignes:
            conventions, signees, bilans, valides, retards = map(int, suivis.get(ligne.cle, (0,) * 5))
            yield replace(
                ligne, conventions=conventions, signees=signees, bilans=bilans, valides=valides, retards=retards
            )

    def _lire(self, suite: str, **autres: Any) -> list[tuple[Any, ...]]:
        choix = self.choix
        motifs = [f"%{connection.ops.prep_for_like_query(mot)}%" for mot in choix.mots]
        return lire(
            f"{REPARTIS if self.perimetre.territoire else ENTIERS}{_DETAIL}{suite}",
            self.perimetre,
            **bornes(self.perimetre),
            mots=motifs or None,
            forme=choix.forme or None,
            reste=choix.reste,
            **autres,
        )


@dataclass(frozen=True)
class AidesParOrganisme:
    """Les organismes les plus aidés d’un périmètre, les autres en une ligne : le tout est le périmètre, au centime."""

    total: ToutesLesAides
    lignes: list[OrganismeAide]

    @property
    def autres(self) -> int:
        """Le nombre d’organismes qui n’ont pas leur ligne."""
        return self.total.organismes - len(self.lignes)

    @property
    def chiffres_des_autres(self) -> Chiffres:
        """Le total moins les lignes."""
        return self.total.chiffres - somme([ligne.chiffres for ligne in self.lignes])


def aides_par_organisme(perimetre: Perimetre, combien: int, *, au: date) -> AidesParOrganisme:
    """Au plus `combien` lignes, de la plus grande aide à la plus petite. Une requête."""
    return AidesParOrganisme(*Organismes(perimetre, Choix(), TRI_PAR_DEFAUT, au=au).montants(0, combien))


def _chiffres(sommes: Sequence[Decimal]) -> Chiffres:
    return Chiffres(*(Decimal(somme).quantize(CENTIME) for somme in sommes))
