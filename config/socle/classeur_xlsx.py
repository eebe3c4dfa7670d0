"""Écrire un classeur XLSX à mémoire constante : cases typées, en-tête figé, filtre, totaux en formules."""

from collections.abc import Callable, Iterable
from typing import Any

import xlsxwriter

from config.socle.classeur import Feuille, Formule
from config.socle.ecriture import PARIS, Champ, Genre

TYPE_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Plume = Callable[[int, int, Any, Any], Any]


def ecrire_xlsx(fichier: Any, feuilles: Iterable[Feuille]) -> list[int]:
    """Écrit dans `fichier` (ouvert en écriture) ; rend le nombre de rangées de chaque feuille, sous l’en-tête.

    Une rangée écrite ne reste pas en mémoire, une feuille n’est lue qu’après celle d’avant. Si une rangée lève, ce qui
    est dans `fichier` est à jeter.
    """
    options = {"constant_memory": True, "default_date_format": Genre.JOUR.value}
    with xlsxwriter.Workbook(fichier, options) as classeur:
        formats = _Formats(classeur)
        return [_ecrire(classeur.add_worksheet(feuille.nom), feuille, formats) for feuille in feuilles]


class _Formats:
    """Les formats du classeur : un par genre, maigre et gras, et celui de l’en-tête."""

    def __init__(self, classeur: Any) -> None:
        self.entete = classeur.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.cases = {genre: classeur.add_format({"num_format": genre.value}) for genre in Genre}
        pied = {"bold": True, "top": 1}
        self.pied = {genre: classeur.add_format({"num_format": genre.value, **pied}) for genre in Genre}


def _ecrire(page: Any, feuille: Feuille, formats: _Formats) -> int:
    for colonne, champ in enumerate(feuille.champs):
        page.set_column(colonne, colonne, champ.largeur)
    for colonne, champ in enumerate(feuille.champs):
        page.write_string(0, colonne, champ.libelle, formats.entete)
    page.freeze_panes(1, feuille.figees)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    nombre = _ecrire_les_rangees(page, feuille, formats)
    page.autofilter(0, 0, max(nombre, 1), len(feuille.champs) - 1)
    _finir(page, feuille, formats, nombre)
    return nombre


def _ecrire_les_rangees(page: Any, feuille: Feuille, formats: _Formats) -> int:
    outils = [(_plume(page, champ), formats.cases[champ.genre]) for champ in feuille.champs]
    nombre = 0
    for nombre, rangee in enumerate(feuille.rangees, start=1):
        for colonne, ((plume, forme), valeur) in enumerate(zip(outils, rangee, strict=True)):
            if valeur is not None:
                plume(nombre, colonne, valeur, forme)
    return nombre


def _finir(page: Any, feuille: Feuille, formats: _Formats, nombre: int) -> None:
    """Le total sous les rangées, puis les notes après une ligne vide."""
    for colonne, (champ, valeur) in enumerate(zip(feuille.champs, feuille.pied, strict=False)):
        forme = formats.pied[champ.genre]
        if isinstance(valeur, Formule):
            _calculer(page)(nombre + 1, colonne, valeur, forme)
        elif valeur is None:
            page.write_blank(nombre + 1, colonne, None, forme)
        else:
            page.write_string(nombre + 1, colonne, valeur, formats.pied[Genre.TEXTE])
    debut = nombre + (3 if feuille.pied else 2)
    for rang, note in enumerate(feuille.notes):
        page.write_string(debut + rang, 0, note)


def _plume(page: Any, champ: Champ) -> Plume:
    if champ.est_calculee:
        return _calculer(page)
    plumes: dict[Genre, Plume] = {
        Genre.TEXTE: page.write_string,
        Genre.ENTIER: page.write_number,
        Genre.MONTANT: page.write_number,
        Genre.NOMBRE: page.write_number,
        Genre.JOUR: page.write_datetime,
        Genre.INSTANT: lambda r, c, v, f: page.write_datetime(r, c, v.astimezone(PARIS).replace(tzinfo=None), f),
    }
    return plumes[champ.genre]


def _calculer(page: Any) -> Plume:
    return lambda ligne, colonne, formule, forme: page.write_formula(
        ligne, colonne, _texte(formule), forme, formule.valeur
    )


def _texte(formule: Formule) -> str:
    """« =SUM('Axe 1'!B2:B25) »."""
    premiere, derniere = formule.bornes
    feuille = "'{}'!".format(formule.feuille.replace("'", "''")) if formule.feuille else ""
    return f"={formule.fonction}({feuille}{premiere}:{derniere})"
