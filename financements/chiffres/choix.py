"""La liste des actions : compter, additionner et trier un choix d’actions sans en lire les lignes."""

from decimal import Decimal
from typing import cast

from django.db.models import F, Q, QuerySet, Sum

from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO
from financements.models import Action

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


def total_des_actions(perimetre: Perimetre, actions: QuerySet[Action]) -> Decimal:
    """Euros votés pour ces actions dans le périmètre (la part du territoire s’il en a un)."""
    return cast(Decimal, actions.order_by().aggregate(total=_somme(perimetre))["total"])


def _somme(perimetre: Perimetre) -> Sum:
    """Une tranche est la somme de ses parts (la base y veille) : sans territoire, autant lire moins de lignes."""
    annees = Q(tranches__annee__range=(perimetre.annees[0], perimetre.annees[-1]))
    if perimetre.territoire is None:
        return Sum("tranches__montant", filter=annees, default=ZERO)
    du_territoire = annees & Q(tranches__parts__territoire=perimetre.territoire)
    return Sum("tranches__parts__montant", filter=du_territoire, default=ZERO)


def cles_triees(perimetre: Perimetre, actions: QuerySet[Action], tri: str) -> QuerySet[Action, int]:
    """Les clés des actions dans l’ordre demandé, à découper par page ; la somme n’est calculée que pour ce tri."""
    nom = tri_reconnu(tri)
    champ = F(TRIS[nom.removeprefix("-")])
    ordre = champ.desc() if nom.startswith("-") else champ.asc()
    if nom.removeprefix("-") == "montant":
        actions = actions.annotate(somme=_somme(perimetre))
    return actions.order_by(ordre, "projet__numero").values_list("pk", flat=True)


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
