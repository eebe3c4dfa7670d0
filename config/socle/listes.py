"""Ce que toutes les listes ont en commun : un tri choisi parmi des tris connus, et des pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest

Lignes = TypeVar("Lignes", bound=QuerySet[Any])
Ligne = TypeVar("Ligne")
Total = TypeVar("Total")
PAR_PAGE = 25
CHIFFRES = 9  # d’un numéro de page : au-delà, c’est la dernière


def trier(lignes: Lignes, demande: str, tris: Mapping[str, str], defaut: str) -> tuple[Lignes, str]:
    """Trier par le champ demandé (« nom » ou « -nom ») s’il est connu, sinon par `defaut`. Rend aussi le tri retenu.

    `tris` : nom dans l’adresse → champ. Les lignes sans valeur viennent en dernier ; la clé primaire départage, pour
    que deux pages ne montrent jamais deux fois la même ligne.
    """
    retenu = demande if demande.removeprefix("-") in tris else defaut
    champ = F(tris[retenu.removeprefix("-")])
    ordre = champ.desc(nulls_last=True) if retenu.startswith("-") else champ.asc(nulls_last=True)
    return lignes.order_by(ordre, "pk"), retenu


def page_de(
    request: HttpRequest,
    lignes: QuerySet[Any],
    par_page: int = PAR_PAGE,
    *,
    nombre: int | None = None,
    parametre: str = "page",
) -> Page[Any]:
    """La page demandée par l’adresse (`?page=`, ou `parametre`) ; la plus proche si elle n’existe pas.

    `nombre` : combien il y a de lignes, si on le sait ; sinon une requête les compte.
    """
    paginateur = Paginator(lignes, par_page)
    if nombre is not None:
        paginateur.count = nombre
    return paginateur.get_page(request.GET.get(parametre))


def page_totalisee(
    lire: Callable[[int, int], tuple[Total, list[Ligne]]],
    compter: Callable[[Total], int],
    demandee: str | None,
    par_page: int = PAR_PAGE,
) -> tuple[Total, Page[Ligne]]:
    """Le total d’une suite et sa page, que `lire(depuis, combien)` rend d’un coup ; relue si la page demandée manque.

    `compter` : combien de lignes dit ce total.
    """
    numero = int(demandee) if demandee and demandee.isdecimal() and len(demandee) <= CHIFFRES else 1
    debut = (max(numero, 1) - 1) * par_page
    total, lignes = lire(debut, par_page)

    def tranche(depuis: int, combien: int) -> list[Ligne]:
        return lignes if depuis == debut else lire(depuis, combien)[1]

    suite: Any = _Suite(compter(total), tranche)
    return total, Paginator(suite, par_page).get_page(demandee)


class _Suite(Sequence[Ligne]):
    """Ce qu’attend `Paginator` : un nombre, et une tranche, lue quand il la demande."""

    def __init__(self, nombre: int, lire: Callable[[int, int], list[Ligne]]) -> None:
        self._nombre, self._lire = nombre, lire

    def __len__(self) -> int:
        return self._nombre

    def __getitem__(self, tranche: slice) -> list[Ligne]:  # type: ignore[override]
        return self._lire(tranche.start, tranche.stop - tranche.start)
