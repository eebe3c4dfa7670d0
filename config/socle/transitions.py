"""Un cycle de vie est une donnée : la liste des passages permis d’un état à un autre."""

from collections.abc import Iterable
from dataclasses import dataclass


class PassageRefuse(Exception):
    """L’acte demandé n’est pas permis dans l’état présent. Le message se montre tel quel à la personne."""


@dataclass(frozen=True)
class Passage:
    """Un acte : de quels états il part, vers quel état il mène, qui peut le faire (noms de rôles).

    `libelle` : l’acte tel qu’il se lit ; à défaut, son nom sans ses tirets bas.
    """

    acte: str
    depuis: frozenset[str]
    vers: str
    roles: frozenset[str] = frozenset()
    libelle: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "libelle", self.libelle or self.acte.replace("_", " "))


@dataclass(frozen=True)
class CycleDeVie:
    """Tous les passages d’un objet. `etats` : valeur → libellé, dans l’ordre de vie."""

    nom: str
    etats: dict[str, str]
    passages: tuple[Passage, ...]

    def __post_init__(self) -> None:
        for passage in self.passages:
            inconnus = (passage.depuis | {passage.vers}) - self.etats.keys()
            if inconnus:
                raise ValueError(f"{self.nom} : états inconnus dans « {passage.acte} » : {sorted(inconnus)}")

    def passage(self, acte: str) -> Passage:
        """Le passage de cet acte. `KeyError` si l’acte n’existe pas."""
        for passage in self.passages:
            if passage.acte == acte:
                return passage
        raise KeyError(acte)

    def franchir(self, acte: str, etat: str) -> str:
        """L’état d’arrivée. `PassageRefuse` si l’acte ne part pas de cet état."""
        passage = self.passage(acte)
        if etat not in passage.depuis:
            attendus = ", ".join(self.libelles(passage.depuis))
            raise PassageRefuse(
                f"« {passage.libelle} » n’est pas possible : {self.nom} est « {self.etats[etat]} », "
                f"il faudrait « {attendus} »."
            )
        return passage.vers

    def actes_possibles(self, etat: str) -> list[str]:
        """Les actes qui partent de cet état, dans l’ordre de la table."""
        return [p.acte for p in self.passages if etat in p.depuis]

    def libelles(self, etats: Iterable[str]) -> list[str]:
        """Libellés, dans l’ordre de vie."""
        voulus = set(etats)
        return [libelle for etat, libelle in self.etats.items() if etat in voulus]
