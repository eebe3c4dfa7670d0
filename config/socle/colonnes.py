"""Les colonnes d’un tableau comme des données : l’en-tête, le tri et le corps en viennent tous trois."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Ligne = TypeVar("Ligne")


@dataclass(frozen=True)
class Colonne(Generic[Ligne]):
    """Une colonne : `acces` rend le texte de la case (échappé, sauf `SafeString`).

    `alignement` : classe CSS des cases et de l’en-tête (« nombre » pour les chiffres, « large » pour une phrase).
    `tri` : nom du tri dans l’adresse, vide si la colonne ne se trie pas. `est_entete` : la case nomme sa ligne.
    """

    cle: str
    libelle: str
    acces: Callable[[Ligne], object]
    alignement: str = ""
    tri: str = ""
    est_entete: bool = False

    def case(self, ligne: Ligne) -> SafeString:
        """La case d’une ligne, balise comprise."""
        valeur = self.acces(ligne)
        classe = format_html(' class="{}"', self.alignement) if self.alignement else ""
        if self.est_entete:
            return format_html('<th scope="row"{}>{}</th>', classe, valeur)
        return format_html("<td{}>{}</td>", classe, valeur)


def corps(colonnes: Sequence[Colonne[Ligne]], lignes: Iterable[Ligne]) -> SafeString:
    """Les lignes du tableau, `<tr>` compris : une chaîne d’un bloc, bien plus vite qu’un gabarit par case."""
    return format_html_join(
        "\n",
        "<tr>{}</tr>",
        ((format_html_join("", "{}", ((colonne.case(ligne),) for colonne in colonnes)),) for ligne in lignes),
    )
