"""La liste des actions rangée comme le rapport l’imprime : par axe, par territoire principal, avec ses sous-totaux."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from financements.chiffres.actions import LigneAction
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO
from financements.models import PartTranche
from projets.models import Axe


@dataclass(frozen=True)
class GroupeActions:
    """Les actions d’un axe rangées sous un même territoire, et leur sous-total (euros)."""

    territoire: str
    lignes: list[LigneAction]
    par_annee: dict[int, Decimal]
    total: Decimal


@dataclass(frozen=True)
class ListeAxe:
    """Les actions d’un axe, groupe par groupe, et leur total (euros)."""

    axe: Axe
    groupes: list[GroupeActions]
    actions: int
    par_annee: dict[int, Decimal]
    total: Decimal


def _par_annee(lignes: Sequence[LigneAction], annees: Iterable[int]) -> dict[int, Decimal]:
    return {annee: sum((ligne.par_annee[annee] for ligne in lignes), ZERO) for annee in annees}


def total_des_lignes(lignes: Sequence[LigneAction]) -> Decimal:
    """Ce que font ensemble les actions d’une liste (euros)."""
    return sum((ligne.total for ligne in lignes), ZERO)


def ranger(lignes: Sequence[LigneAction], axes: Iterable[Axe], annees: Sequence[int]) -> list[ListeAxe]:
    """Range des lignes déjà triées par axe puis territoire (`lignes_actions`). Un axe sans action n’y figure pas."""
    numeros = {axe.numero: axe for axe in axes}
    listes = []
    for numero, de_l_axe in groupby(lignes, key=lambda ligne: ligne.axe_numero):
        actions = list(de_l_axe)
        groupes = []
        for territoire, du_groupe in groupby(actions, key=lambda ligne: ligne.territoire_nom):
            rangees = list(du_groupe)
            groupes.append(GroupeActions(territoire, rangees, _par_annee(rangees, annees), total_des_lignes(rangees)))
        total = total_des_lignes(actions)
        listes.append(ListeAxe(numeros[numero], groupes, len(actions), _par_annee(actions, annees), total))
    return listes


def autres_territoires(perimetre: Perimetre) -> dict[int, list[str]]:
    """Action → noms des territoires qui la partagent avec celui du périmètre, par ordre de nom. Vide sans territoire.

    Les lignes d’un périmètre territorial ne portent que la part du territoire : ceci dit avec qui elles la partagent.
    """
    if perimetre.territoire is None:
        return {}
    paires = (
        PartTranche.objects.filter(tranche__action__in=perimetre.actions(), montant__gt=0)
        .exclude(territoire=perimetre.territoire)
        .order_by("territoire__nom_tri")
        .values_list("tranche__action", "territoire__nom", "territoire__nom_tri")
        .distinct()
    )
    noms: dict[int, list[str]] = defaultdict(list)
    for action, nom, _ in paires:
        noms[action].append(nom)
    return dict(noms)
