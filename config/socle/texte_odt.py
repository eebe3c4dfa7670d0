"""Écrire un texte ODT que l’on rouvre et modifie : titres, paragraphes, listes, tableaux à en-têtes répétés.

Le format (OpenDocument 1.3) est un ZIP de XML, écrit directement comme les classeurs. Rien n’y est évalué : tout
texte est échappé. Un tableau garde ses montants en nombres, que le lecteur peut reprendre.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from config.socle.montants import format_nombre
from config.socle.texte_odt_entourage import FIN, MANIFESTE, STYLES, debut, metadonnees, style_de_colonne

TYPE_ODT = "application/vnd.oasis.opendocument.text"
_INTERDITS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 ne les écrit pas
_ESPACES = re.compile(r"(?<= ) +|^ +| +$")  # le lecteur en ferait une seule
Case = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Colonne:
    """`largeur` : millimètres ; un nombre s’aligne à droite."""

    libelle: str
    largeur: int
    est_nombre: bool = False


@dataclass(frozen=True, slots=True)
class Rangee:
    """Une case par colonne : texte, entier, montant (euros, deux décimales) ou rien. `est_forte` : un total."""

    cases: Sequence[Case]
    est_forte: bool = False


class TexteOdt:
    """Un document ; `titre` est aussi celui de ses propriétés."""

    def __init__(self, titre: str, auteur: str) -> None:
        self._titre, self._auteur = titre, auteur
        self._corps: list[str] = []
        self._largeurs: set[int] = set()
        self._tableaux = 0

    def titre(self, texte: str, niveau: int = 1, *, page: str = "") -> None:
        """Un titre de niveau 1 à 3. `page` : « paysage » ou « portrait » commence une page ainsi tournée."""
        style = f"titre-{page}" if page else f"Titre_{niveau}"
        self._corps.append(f'<text:h text:style-name="{style}" text:outline-level="{niveau}">{_texte(texte)}</text:h>')

    def entete(self, texte: str) -> None:
        """Le nom du document, en tête : hors du plan."""
        self._corps.append(f'<text:p text:style-name="En_tete">{_texte(texte)}</text:p>')

    def paragraphe(self, lignes: str | Sequence[str]) -> None:
        """Une ligne, ou plusieurs séparées par un retour."""
        textes = [lignes] if isinstance(lignes, str) else lignes
        contenu = "<text:line-break/>".join(_texte(ligne) for ligne in textes)
        self._corps.append(f'<text:p text:style-name="Corps">{contenu}</text:p>')

    def liste(self, elements: Iterable[str]) -> None:
        """Une liste à puces."""
        items = "".join(
            f'<text:list-item><text:p text:style-name="Corps">{_texte(un)}</text:p></text:list-item>'
            for un in elements
        )
        self._corps.append(f'<text:list text:style-name="Puces">{items}</text:list>')

    def tableau(self, legende: str, colonnes: Sequence[Colonne], rangees: Iterable[Rangee]) -> None:
        """Sa légende au-dessus, son en-tête répété à chaque page."""
        self._tableaux += 1
        self._largeurs |= {colonne.largeur for colonne in colonnes}
        largeur = sum(colonne.largeur for colonne in colonnes)
        definition = "".join(
            f'<table:table-column table:style-name="{style_de_colonne(colonne.largeur)}"/>' for colonne in colonnes
        )
        tete = "".join(_case(colonne.libelle, colonne, "entete") for colonne in colonnes)
        self._corps.append(
            f'<text:p text:style-name="Legende">{_texte(legende)}</text:p>'
            f'<table:table table:name="Tableau{self._tableaux}" table:style-name="tableau-{largeur}">{definition}'
            f"<table:table-header-rows><table:table-row>{tete}</table:table-row></table:table-header-rows>"
        )
        self._largeurs.add(-largeur)  # en négatif : celle d’un tableau entier
        for rangee in rangees:
            style = "fort" if rangee.est_forte else "case"
            cases = "".join(
                _case(valeur, colonne, style) for valeur, colonne in zip(rangee.cases, colonnes, strict=True)
            )
            self._corps.append(f'<table:table-row table:style-name="rangee">{cases}</table:table-row>')
        self._corps.append("</table:table>")

    def enregistrer(self, chemin: Path) -> None:
        """Écrit le fichier."""
        colonnes = sorted(largeur for largeur in self._largeurs if largeur > 0)
        tableaux = sorted(-largeur for largeur in self._largeurs if largeur < 0)
        with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", TYPE_ODT, zipfile.ZIP_STORED)  # en premier et nu : la norme le veut
            with archive.open("content.xml", "w") as contenu:
                contenu.write(debut(colonnes, tableaux).encode())
                for morceau in self._corps:
                    contenu.write(morceau.encode())
                contenu.write(FIN.encode())
            archive.writestr("styles.xml", STYLES)
            quand = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
            archive.writestr("meta.xml", metadonnees(_attribut(self._titre), _attribut(self._auteur), quand))
            archive.writestr("META-INF/manifest.xml", MANIFESTE)


def _case(valeur: Case, colonne: Colonne, style: str) -> str:
    """Une case : typée si c’est un nombre."""
    paragraphe = f"{style}-nombre" if colonne.est_nombre else f"{style}-texte"
    if isinstance(valeur, int | Decimal):
        typee = f' office:value-type="float" office:value="{valeur}"'
        ecrit = format_nombre(valeur, 2 if isinstance(valeur, Decimal) else 0)
    else:
        typee, ecrit = "", valeur or ""
    return (
        f'<table:table-cell table:style-name="{style}"{typee}>'
        f'<text:p text:style-name="{paragraphe}">{_lignes(ecrit)}</text:p></table:table-cell>'
    )


def _lignes(texte: str) -> str:
    return "<text:line-break/>".join(_texte(ligne) for ligne in texte.split("\n"))


def _texte(texte: str) -> str:
    """Échappé, espaces gardées."""
    propre = escape(_INTERDITS.sub("", texte))
    return _ESPACES.sub(lambda suite: f'<text:s text:c="{len(suite[0])}"/>', propre)


def _attribut(texte: str) -> str:
    return escape(_INTERDITS.sub("", texte), {'"': "&quot;"})
