"""La liste des actions : compter, additionner et trier un choix d’actions sans en lire les lignes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO
from financements.models import Action, PartTranche, Tranche
from projets.models import Axe

# Ce que l’adresse nomme → colonnes de tri. À valeur égale, le numéro départage : la pagination reste stable.
TRIS: dict[str, str] = {
    "numero": "projet__numero",
    "action": "projet__intitule_tri",
    "organisme": "projet__organisme__nom_tri",
    "axe": "projet__axe__numero",
    "montant": "somme",
}
TRI_PAR_DEFAUT = "numero"


def tri_reconnu(tri: str) -> str:
    """Le tri demandé (« -montant ») s’il existe, sinon celui par défaut."""
    return tri if tri.removeprefix("-") in TRIS else TRI_PAR_DEFAUT


@dataclass(frozen=True, slots=True)
class TotalDAxe:
    """Un axe : combien d’actions choisies, et leurs euros votés par année et en tout, dans le périmètre."""

    axe: Axe
    actions: int
    par_annee: dict[int, Decimal]
    total: Decimal


class Bilan(NamedTuple):
    """Combien d’actions, et combien d’euros votés pour elles dans le périmètre."""

    actions: int
    total: Decimal


def compter(perimetre: Perimetre, actions: QuerySet[Action]) -> Bilan:
    """Compte et total de celles qui sont du périmètre, en une requête.

    Une tranche est la somme de ses parts (la base y veille) : sans territoire, autant lire moins de lignes.
    """
    montants, action = _montants(perimetre, actions)
    bilan = montants.aggregate(n=Count(action, distinct=True), total=Sum("montant", default=ZERO))
    return Bilan(bilan["n"], bilan["total"])


def totaux_par_axe(perimetre: Perimetre, actions: QuerySet[Action]) -> list[TotalDAxe]:
    """Le même compte, axe par axe et par numéro ; un axe sans action n’y est pas. Deux requêtes."""
    montants, action = _montants(perimetre, actions)
    annee = "annee" if action == "action" else "tranche__annee"
    sommes = {f"en_{an}": Sum("montant", filter=Q(**{annee: an}), default=ZERO) for an in perimetre.annees}
    lignes = montants.values(f"{action}__projet__axe").annotate(
        n=Count(action, distinct=True), total=Sum("montant", default=ZERO), **sommes
    )
    axes = {axe.pk: axe for axe in Axe.objects.filter(appel=perimetre.appel)}
    totaux = [
        TotalDAxe(
            axe=axes[ligne[f"{action}__projet__axe"]],
            actions=ligne["n"],
            par_annee={an: ligne[f"en_{an}"] for an in perimetre.annees},
            total=ligne["total"],
        )
        for ligne in lignes
    ]
    return sorted(totaux, key=lambda total: total.axe.numero)


def _montants(perimetre: Perimetre, actions: QuerySet[Action]) -> tuple[QuerySet[Any], str]:
    """Les montants de ces actions dans le périmètre, et le chemin de l’un d’eux à son action."""
    choisies = actions.order_by()
    if perimetre.territoire is None:
        return Tranche.objects.filter(annee__range=_bornes(perimetre), action__in=choisies).order_by(), "action"
    return _parts_dotees(perimetre).filter(tranche__action__in=choisies), "tranche__action"


def cles_triees(perimetre: Perimetre, actions: QuerySet[Action], tri: str) -> QuerySet[Action, int]:
    """Les clés de celles qui sont du périmètre, dans l’ordre demandé ; la somme n’est calculée que pour ce tri."""
    nom = tri_reconnu(tri)
    champ = F(TRIS[nom.removeprefix("-")])
    ordre = champ.desc() if nom.startswith("-") else champ.asc()
    if nom.removeprefix("-") == "montant":
        actions = _avec_somme(perimetre, actions)
    elif perimetre.territoire is not None:
        actions = actions.filter(pk__in=_parts_dotees(perimetre).values("tranche__action"))
    return actions.order_by(ordre, "projet__numero").values_list("pk", flat=True)


def _avec_somme(perimetre: Perimetre, actions: QuerySet[Action]) -> QuerySet[Action]:
    if perimetre.territoire is None:
        return actions.filter(tranches__annee__range=_bornes(perimetre)).annotate(somme=Sum("tranches__montant"))
    du_territoire = actions.filter(
        tranches__annee__range=_bornes(perimetre),
        tranches__parts__territoire=perimetre.territoire,
        tranches__parts__montant__gt=0,
    )
    return du_territoire.annotate(somme=Sum("tranches__parts__montant"))


def _parts_dotees(perimetre: Perimetre) -> QuerySet[PartTranche]:
    """Les parts du territoire, tous appels : les actions auxquelles on les joint sont déjà celles de l’appel."""
    return PartTranche.objects.filter(
        territoire=perimetre.territoire, montant__gt=0, tranche__annee__range=_bornes(perimetre)
    ).order_by()


def _bornes(perimetre: Perimetre) -> tuple[int, int]:
    return perimetre.annees[0], perimetre.annees[-1]


def actions_du_montant(
    perimetre: Perimetre, *, minimum: Decimal | None = None, maximum: Decimal | None = None
) -> QuerySet[Action]:
    """Les actions dont le montant dans le périmètre est entre deux bornes (euros, comprises)."""
    sommes = perimetre.parts().order_by().values("tranche__action").annotate(somme=Sum("montant"))
    if minimum is not None:
        sommes = sommes.filter(somme__gte=minimum)
    if maximum is not None:
        sommes = sommes.filter(somme__lte=maximum)
    return Action.objects.filter(pk__in=sommes.values("tranche__action"))
