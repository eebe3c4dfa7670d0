"""Le cumul annuel des aides par organisme, tous appels, et les actions qu’il oblige à conventionner.

Un organisme est son SIREN : deux établissements du même s’additionnent. Sans SIRET, il est lui-même.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import CharField, F, QuerySet, Sum, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast, Coalesce, Concat, Left

from comptes.models import Organisme
from comptes.states import PUBLIQUES
from config.socle.montants import en_centimes
from financements.models import Action, Convention, Tranche
from financements.rules.seuil import SEUILS, Obligation, juger
from projets.models import AppelAProjets

Cumuls = dict[str, dict[int, int]]  # organisme (SIREN, ou « o » et sa clé) → année → centimes
Aides = dict[int, dict[int, Decimal]]  # action → année → euros
CLE_DU_TIERS = "COALESCE(left(o.siret, 9), 'o' || o.id)"
# Un seuil par année, le plus récent d’abord : ce sont des entiers écrits dans le code.
SEUIL_DE_L_ANNEE = "CASE {} END".format(
    " ".join(f"WHEN t.annee >= {s.depuis} THEN {s.centimes}::numeric / 100" for s in reversed(SEUILS))
)
# Une somme par organisme, jamais une par action ; le tiers de chacun se calcule une fois (« OFFSET 0 »).
_OBLIGEES = f"""
    SELECT unnest(array_agg(t.action_id) FILTER (WHERE p.appel_id = %s AND t.montant > 0))
      FROM (SELECT o.id, {CLE_DU_TIERS} AS cle FROM comptes_organisme o
             WHERE o.forme_juridique <> ALL(%s) {{parmi}} OFFSET 0) o
      JOIN projets_projet p ON p.organisme_id = o.id JOIN financements_action a ON a.projet_id = p.id
      JOIN financements_tranche t ON t.action_id = a.id
     GROUP BY o.cle, t.annee HAVING sum(t.montant) > {SEUIL_DE_L_ANNEE}
"""  # noqa: S608 (du SQL écrit dans le code)
_DE_CES_TIERS = f"""
    AND {CLE_DU_TIERS} IN (SELECT {CLE_DU_TIERS} FROM financements_action a JOIN projets_projet p ON p.id = a.projet_id
                             JOIN comptes_organisme o ON o.id = p.organisme_id WHERE a.id = ANY(%s))
"""  # noqa: S608


def convention_obligatoire(action: Action) -> bool:
    """La loi demande-t-elle une convention pour cette action ? (lit `projet.organisme`)"""
    return obligation_de(action).est_obligatoire


def obligation_de(action: Action) -> Obligation:
    """Ce que la loi demande de cette action, et le cumul qui le dit (lit `projet.organisme`)."""
    return obligations_de([action])[action.pk]


def obligations_de(actions: Collection[Action], aides: Aides | None = None) -> dict[int, Obligation]:
    """Action → ce que la loi en demande, en deux requêtes quel que soit leur nombre (lit `projet.organisme`).

    `aides` : leurs aides par année, déjà lues ; une requête de moins.
    """
    lues = aides_par_annee(actions) if aides is None else aides
    cumuls = cumuls_par_organisme(action.projet.organisme for action in actions)
    return {
        action.pk: juger(
            cumuls.get(cle_de(action.projet.organisme), {}),
            {annee for annee, montant in lues.get(action.pk, {}).items() if montant},
            est_publique=action.projet.organisme.forme_juridique in PUBLIQUES,
        )
        for action in actions
    }


def aides_par_annee(actions: Collection[Action]) -> Aides:
    """Action → année → aide attribuée. Une requête."""
    aides: Aides = defaultdict(dict)
    for action, annee, montant in Tranche.objects.filter(action__in=actions).values_list("action", "annee", "montant"):
        aides[action][annee] = montant
    return dict(aides)


def cumuls_par_organisme(organismes: Iterable[Organisme]) -> Cumuls:
    """Ce que le département attribue chaque année à chacun, toutes ses actions et tous ses établissements."""
    cles = {cle_de(organisme) for organisme in organismes}
    sommes = (
        Tranche.objects.annotate(cle=_cle("action__projet__organisme"))
        .filter(cle__in=cles)
        .order_by()
        .values_list("cle", "annee")
        .annotate(somme=Sum("montant"))
    )
    cumuls: Cumuls = defaultdict(dict)
    for cle, annee, somme in sommes:
        cumuls[cle][annee] = en_centimes(somme)
    return dict(cumuls)


def actions_obligees(appel: AppelAProjets, parmi: Collection[int] | None = None) -> QuerySet[Action]:
    """Les actions de l’appel qui demandent une convention, qu’elles en aient une ou non.

    `parmi` : les clés de celles qu’on regarde ; le cumul des autres organismes n’est pas lu, leurs actions non plus.
    """
    sql, parametres = _OBLIGEES.format(parmi=""), [appel.pk, sorted(PUBLIQUES)]
    if parmi is not None:
        sql, parametres = _OBLIGEES.format(parmi=_DE_CES_TIERS), [*parametres, list(parmi)]
    return Action.objects.filter(pk__in=RawSQL(sql, parametres))  # noqa: S611 (paramètres)


def actions_a_conventionner(appel: AppelAProjets) -> QuerySet[Action]:
    """Celles de ces actions qui n’ont encore aucune convention, pas même en préparation."""
    return actions_obligees(appel).exclude(pk__in=Convention.objects.values("action"))


def cle_de(organisme: Organisme) -> str:
    """Son SIREN ; sans SIRET, « o » et sa clé."""
    return organisme.siren or f"o{organisme.pk}"


def _cle(chemin: str) -> Combinable:
    """`cle_de`, en SQL."""
    sans_siret = Concat(Value("o"), Cast(F(f"{chemin}__pk"), CharField()))
    return Coalesce(Left(F(f"{chemin}__siret"), 9), sans_siret, output_field=CharField())
