"""Le détail des actions d’un périmètre, pour les listes, les exports et le rapport."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO


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
        return self.territoires[0][0]

    @property
    def territoire_nom(self) -> str:
        """Nom du territoire principal."""
        return self.territoires[0][1]

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


def lignes_actions(perimetre: Perimetre) -> list[LigneAction]:
    """Toutes les actions du périmètre : par axe, puis territoire principal, puis numéro.

    Trois requêtes, quel que soit le nombre d’actions.
    """
    par_annee: dict[int, dict[int, Decimal]] = defaultdict(lambda: dict.fromkeys(perimetre.annees, ZERO))
    sommes = perimetre.parts().order_by()
    for action, annee, somme in sommes.values_list("tranche__action", "tranche__annee").annotate(s=Sum("montant")):
        par_annee[action][annee] = somme
    territoires: dict[int, list[tuple[str, str, Decimal]]] = defaultdict(list)
    par_territoire = (
        sommes.values_list("tranche__action", "territoire__code", "territoire__nom")
        .annotate(s=Sum("montant"))
        .order_by("-s", "territoire__code")
    )
    for action, code, nom, somme in par_territoire:
        territoires[action].append((code, nom, somme))
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
            territoires=territoires[pk],
        )
        for pk, numero, intitule, organisme, siret, commune, axe, sous_type, allocataires, fse in (
            perimetre.actions().values_list(*_CHAMPS)
        )
    ]
    return sorted(lignes, key=lambda ligne: (ligne.axe_numero, ligne.territoire_nom, ligne.numero))
