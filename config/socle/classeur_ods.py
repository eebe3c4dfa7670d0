"""Écrire un classeur ODS au fil de l’eau : mêmes feuilles que le XLSX, à mémoire constante.

Le format (OpenDocument 1.3) est un ZIP de XML : l’écrire directement évite de tenir en mémoire un arbre de toutes les
cases, ce que font les bibliothèques du genre.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from config.socle.classeur import Feuille, Formule, case
from config.socle.classeur_ods_entourage import MANIFESTE, STYLES, debut, nom_de_largeur, reglages
from config.socle.ecriture import PAR_LOT, PARIS, Champ, Genre

TYPE_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_INTERDITS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML 1.0 ne les écrit pas
_ESPACES = re.compile(r"(?<= ) +|^ +| +$")  # le lecteur en ferait une seule
VIDE = "<table:table-cell/>"
Ecriture = Callable[[Any], str]


def ecrire_ods(fichier: Any, feuilles: Sequence[Feuille]) -> list[int]:
    """Écrit dans `fichier` (ouvert en écriture) ; rend le nombre de rangées de chaque feuille, sous l’en-tête.

    Une rangée écrite ne reste pas en mémoire, une feuille n’est lue qu’après celle d’avant.
    """
    nombres: list[int] = []
    with zipfile.ZipFile(fichier, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr("mimetype", TYPE_ODS, zipfile.ZIP_STORED)  # en premier et nu : la norme le veut
        with archive.open("content.xml", "w", force_zip64=True) as contenu:
            contenu.write(debut(feuilles).encode())
            for feuille in feuilles:
                for morceau in _feuille(feuille, nombres):
                    contenu.write(morceau.encode())
            contenu.write(_fin(feuilles, nombres).encode())
        archive.writestr("styles.xml", STYLES)
        archive.writestr("settings.xml", reglages(feuilles))
        archive.writestr("META-INF/manifest.xml", MANIFESTE)
    return nombres


def _feuille(feuille: Feuille, nombres: list[int]) -> Iterator[str]:
    colonnes = "".join(
        f'<table:table-column table:style-name="{nom_de_largeur(champ.largeur)}"/>' for champ in feuille.champs
    )
    entete = "".join(_case(champ.libelle, "entete") for champ in feuille.champs)
    yield (
        f'<table:table table:name="{_attribut(feuille.nom)}">{colonnes}'
        f"<table:table-header-rows><table:table-row>{entete}</table:table-row></table:table-header-rows>"
    )
    ecritures = [_ecriture(champ) for champ in feuille.champs]
    suite, nombre = iter(feuille.rangees), 0
    while lot := list(islice(suite, PAR_LOT)):
        nombre += len(lot)
        yield "".join(_rangee(ecritures, rangee) for rangee in lot)
    nombres.append(nombre)
    if feuille.pied:
        yield f"<table:table-row>{''.join(_pied(feuille))}</table:table-row>"
    if feuille.notes:
        yield f"<table:table-row>{VIDE}</table:table-row>" + "".join(
            f"<table:table-row>{_case(note, 'texte')}</table:table-row>" for note in feuille.notes
        )
    yield "</table:table>"


def _fin(feuilles: Sequence[Feuille], nombres: Sequence[int]) -> str:
    """Les filtres automatiques, et ce qui ferme le document."""
    filtres = "".join(
        f'<table:database-range table:name="filtre_{rang}" table:display-filter-buttons="true"'
        f' table:target-range-address="{_plage(feuille, nombre)}"/>'
        for rang, (feuille, nombre) in enumerate(zip(feuilles, nombres, strict=True), start=1)
    )
    ranges = f"<table:database-ranges>{filtres}</table:database-ranges>"
    return f"{ranges}</office:spreadsheet></office:body></office:document-content>"


def _plage(feuille: Feuille, nombre: int) -> str:
    nom = _attribut(_nom(feuille.nom))
    return f"{nom}.A1:{nom}.{case(max(nombre, 1), len(feuille.champs) - 1)}"


def _rangee(ecritures: Sequence[Ecriture], rangee: Sequence[Any]) -> str:
    cases = [VIDE if v is None else ecrit(v) for ecrit, v in zip(ecritures, rangee, strict=True)]
    return f"<table:table-row>{''.join(cases)}</table:table-row>"


def _pied(feuille: Feuille) -> Iterator[str]:
    for champ, valeur in zip(feuille.champs, feuille.pied, strict=True):
        if isinstance(valeur, Formule):
            yield _formule(champ.genre, "pied-")(valeur)
        elif valeur is None:
            yield f'<table:table-cell table:style-name="pied-{champ.genre.name.lower()}"/>'
        else:
            yield _case(valeur, "pied-texte")


def _ecriture(champ: Champ) -> Ecriture:
    if champ.est_calculee:
        return _formule(champ.genre, "")
    return _ECRITURES[champ.genre]


def _formule(genre: Genre, style: str) -> Ecriture:
    """« of:=SUM([$'Axe 1'.B2:.B25]) », avec sa valeur."""

    def ecrire(formule: Formule) -> str:
        premiere, derniere = formule.bornes
        feuille = f"${_nom(formule.feuille)}" if formule.feuille else ""
        texte = _attribut(f"of:={formule.fonction}([{feuille}.{premiere}:.{derniere}])")
        return _nombre(formule.valeur, style + genre.name.lower(), f' table:formula="{texte}"')

    return ecrire


def _case(texte: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">{_paragraphes(texte)}'
        "</table:table-cell>"
    )


def _texte(valeur: Any) -> str:
    return _case(str(valeur), "texte")


def _nombre(valeur: Decimal | int, style: str, de_plus: str = "") -> str:
    return (
        f'<table:table-cell table:style-name="{style}"{de_plus} office:value-type="float" office:value="{valeur}">'
        f"<text:p>{valeur}</text:p></table:table-cell>"
    )


def _jour(valeur: date) -> str:
    return _date(valeur.isoformat(), f"{valeur:%d/%m/%Y}", "jour")


def _instant(valeur: datetime) -> str:
    ici = valeur.astimezone(PARIS).replace(tzinfo=None)
    return _date(ici.isoformat(timespec="seconds"), f"{ici:%d/%m/%Y %H:%M}", "instant")


def _date(valeur: str, lu: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="date" office:date-value="{valeur}">'
        f"<text:p>{lu}</text:p></table:table-cell>"
    )


_ECRITURES: dict[Genre, Ecriture] = {
    Genre.TEXTE: _texte,
    Genre.ENTIER: lambda valeur: _nombre(valeur, "entier"),
    Genre.MONTANT: lambda valeur: _nombre(valeur, "montant"),
    Genre.NOMBRE: lambda valeur: _nombre(valeur, "nombre"),
    Genre.JOUR: _jour,
    Genre.INSTANT: _instant,
}


def _paragraphes(texte: str) -> str:
    """Un paragraphe par ligne ; espaces et tabulations gardés, caractères que XML n’écrit pas ôtés."""
    sur = escape(_INTERDITS.sub("", texte).replace("\r\n", "\n").replace("\r", "\n"))
    if "  " in sur or sur[:1] == " " or sur[-1:] == " ":
        sur = _ESPACES.sub(lambda suite: f'<text:s text:c="{len(suite[0])}"/>', sur)
    sur = sur.replace("\t", "<text:tab/>")
    return "".join(f"<text:p>{ligne}</text:p>" for ligne in sur.split("\n"))


def _attribut(texte: str) -> str:
    return escape(texte, {'"': "&quot;"})


def _nom(feuille: str) -> str:
    """Un nom de feuille dans une adresse de case."""
    return "'{}'".format(feuille.replace("'", "''"))
