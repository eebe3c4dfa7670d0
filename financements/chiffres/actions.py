"""Le détail des actions d’un périmètre, pour les listes, les exports et le rapport."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO
from financements.models import Action


@dataclass(frozen=True)
class TrancheVue:
    """Une année d’une action (euros), dans le périmètre."""

    annee: int
    montant: Decimal


@dataclass(frozen=True)
class LigneAction:
    """Une action et ses montants dans le périmètre.

    `territoires` : (code, nom, euros) du plus doté au moins doté ; le premier est celui où la ligne est rangée.
    """

    pk: int
    numero: int
    intitule: str
    organisme: str
    siret: str
    commune: str
    axe_numero: int
    sous_type: str
    allocataires: int
    est_fse: bool
    par_annee: dict[int, Decimal]
    total: Decimal
    territoires: list[tuple[str, str, Decimal]]

    @property
    def territoire_code(self) -> str:
        """Code du territoire principal."""
        return self.territoires[0][0] if self.territoires else ""

    @property
    def territoire_nom(self) -> str:
        """Nom du territoire principal."""
        return self.territoires[0][1] if self.territoires else ""

    @property
    def autres_territoires(self) -> list[str]:
        """Noms des autres territoires, du plus doté au moins doté."""
        return [nom for _, nom, _ in self.territoires[1:]]


_CHAMPS = (
    "pk",
    "projet__numero",
    "projet__intitule",
    "projet__organisme__nom",
    "projet__organisme__siret",
    "projet__organisme__commune__nom",
    "projet__axe__numero",
    "projet__sous_type",
    "projet__allocataires_prevus",
    "contrepartie_fse",
)
_CHAMPS_DES_PARTS = ("tranche__action", "tranche__annee", "territoire__code", "territoire__nom", "montant")


def lignes_actions(perimetre: Perimetre, cles: Sequence[int] | None = None) -> list[LigneAction]:
    """Les actions du périmètre, par axe, territoire principal et numéro ; ou celles de `cles`, dans cet ordre.

    Deux requêtes, quel que soit le nombre d’actions ; avec `cles` (une page de liste), rien d’autre n’est lu.
    """
    parts = perimetre.parts().order_by()
    actions = perimetre.actions()
    if cles is not None:
        parts, actions = parts.filter(tranche__action__in=cles), Action.objects.filter(pk__in=cles)
    par_annee: dict[int, dict[int, Decimal]] = defaultdict(lambda: dict.fromkeys(perimetre.annees, ZERO))
    par_territoire: dict[int, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for action, annee, code, nom, montant in parts.values_list(*_CHAMPS_DES_PARTS):
        par_annee[action][annee] += montant
        par_territoire[action][code, nom] += montant
    lignes = [
        LigneAction(
            pk=pk,
            numero=numero,
            intitule=intitule,
            organisme=organisme,
            siret=siret or "",
            commune=commune or "",
            axe_numero=axe,
            sous_type=sous_type,
            allocataires=allocataires,
            est_fse=fse is not None,
            par_annee=par_annee[pk],
            total=sum(par_annee[pk].values(), ZERO),
            territoires=_du_plus_dote(par_territoire[pk]),
        )
        for pk, numero, intitule, organisme, siret, commune, axe, sous_type, allocataires, fse in (
            actions.values_list(*_CHAMPS)
        )
    ]
    if cles is not None:
        rangs = {cle: rang for rang, cle in enumerate(cles)}
        return sorted(lignes, key=lambda ligne: rangs[ligne.pk])
    return sorted(lignes, key=lambda ligne: (ligne.axe_numero, ligne.territoire_nom, ligne.numero))


def _du_plus_dote(parts: dict[tuple[str, str], Decimal]) -> list[tuple[str, str, Decimal]]:
    return sorted(((code, nom, somme) for (code, nom), somme in parts.items()), key=lambda t: (-t[2], t[0]))
