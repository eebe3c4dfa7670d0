"""Le cumul annuel des aides par organisme, tous appels, et les actions qu’il oblige à conventionner.

Un organisme est son SIREN : deux établissements du même s’additionnent. Sans SIRET, il est lui-même.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

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
CLE_DU_TIERS = "COALESCE(left(o.siret, 9), 'o' || o.id)"
# Un seuil par année, le plus récent d’abord : ce sont des entiers écrits dans le code.
SEUIL_DE_L_ANNEE = "CASE {} END".format(
    " ".join(f"WHEN t.annee >= {s.depuis} THEN {s.centimes}::numeric / 100" for s in reversed(SEUILS))
)
_LIENS = """
      FROM financements_tranche t JOIN financements_action a ON a.id = t.action_id
      JOIN projets_projet p ON p.id = a.projet_id JOIN comptes_organisme o ON o.id = p.organisme_id
"""
# La somme se fait une fois pour tous les organismes, puis se joint : jamais une somme par action.
_OBLIGEES = f"""
    SELECT t.action_id {_LIENS}
      JOIN (SELECT {CLE_DU_TIERS} AS cle, t.annee {_LIENS} WHERE o.forme_juridique <> ALL(%s)
             GROUP BY 1, 2 HAVING sum(t.montant) > {SEUIL_DE_L_ANNEE}) d
        ON d.cle = {CLE_DU_TIERS} AND d.annee = t.annee
     WHERE p.appel_id = %s AND t.montant > 0 AND o.forme_juridique <> ALL(%s)
"""


def convention_obligatoire(action: Action) -> bool:
    """La loi demande-t-elle une convention pour cette action ? (lit `projet.organisme`)"""
    return obligation_de(action).est_obligatoire


def obligation_de(action: Action) -> Obligation:
    """Ce que la loi demande de cette action, et le cumul qui le dit (lit `projet.organisme`)."""
    return obligations_de([action])[action.pk]


def obligations_de(actions: Collection[Action]) -> dict[int, Obligation]:
    """Action → ce que la loi en demande, en deux requêtes quel que soit leur nombre (lit `projet.organisme`)."""
    aidees: dict[int, set[int]] = defaultdict(set)
    for action, annee in Tranche.objects.filter(action__in=actions, montant__gt=0).values_list("action", "annee"):
        aidees[action].add(annee)
    cumuls = cumuls_par_organisme(action.projet.organisme for action in actions)
    return {
        action.pk: juger(
            cumuls.get(cle_de(action.projet.organisme), {}),
            aidees[action.pk],
            est_publique=action.projet.organisme.forme_juridique in PUBLIQUES,
        )
        for action in actions
    }


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


def actions_obligees(appel: AppelAProjets) -> QuerySet[Action]:
    """Les actions de l’appel qui demandent une convention, qu’elles en aient une ou non."""
    publiques = sorted(PUBLIQUES)
    return Action.objects.filter(pk__in=RawSQL(_OBLIGEES, [publiques, appel.pk, publiques]))  # noqa: S611 (paramètres)


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
