"""Les colonnes d’un tableau comme des données : l’en-tête, le tri et le corps en viennent tous trois."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Generic, TypeVar

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

Ligne = TypeVar("Ligne")


@dataclass(frozen=True)
class Colonne(Generic[Ligne]):
    """Une colonne : `acces` rend le texte de la case (échappé, sauf `SafeString`).

    `alignement` : classe CSS des cases et de l’en-tête (« nombre » pour les chiffres, « large » pour une phrase).
    `tri` : nom du tri dans l’adresse, vide si la colonne ne se trie pas. `est_entete` : la case nomme sa ligne.
    `decroissant` : le premier clic trie du plus grand au plus petit, ce qu’on attend d’un montant.
    """

    cle: str
    libelle: str
    acces: Callable[[Ligne], str]
    alignement: str = ""
    tri: str = ""
    est_entete: bool = False
    decroissant: bool = False

    @property
    def premier_tri(self) -> str:
        """Le tri du premier clic : « nom » ou « -nom »."""
        return f"-{self.tri}" if self.decroissant else self.tri

    @cached_property
    def balises(self) -> tuple[str, str]:
        """Ce qui ouvre et ferme la case."""
        classe = format_html(' class="{}"', self.alignement) if self.alignement else ""
        return (f'<th scope="row"{classe}>', "</th>") if self.est_entete else (f"<td{classe}>", "</td>")


def corps(colonnes: Sequence[Colonne[Ligne]], lignes: Iterable[Ligne]) -> SafeString:
    """Les lignes du tableau, `<tr>` compris : une chaîne d’un bloc, bien plus vite qu’un gabarit par case."""
    acces = [(*colonne.balises, colonne.acces) for colonne in colonnes]
    return mark_safe(  # noqa: S308 (chaque valeur passe par `echappe`)
        "\n".join(
            f"<tr>{''.join([f'{ouvre}{echappe(lire(ligne))}{ferme}' for ouvre, ferme, lire in acces])}</tr>"
            for ligne in lignes
        )
    )


def echappe(texte: str) -> str:
    """Comme `conditional_escape`, cinq fois plus vite : sur cinq cents cases, cela se sent."""
    return texte if isinstance(texte, SafeString) else escape(texte)
