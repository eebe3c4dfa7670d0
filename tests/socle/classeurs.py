"""Fabriquer des classeurs, sains ou douteux, et dire ce que la lecture en fait."""

import zipfile

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

from config.socle.lecture.tableau import FichierIllisible
from config.socle.lecture.tableur import lire_tableau

VIDE = "Le fichier est vide : il n’y a ni ligne d’en-têtes ni donnée."
ABIME = (
    "Le fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis recommencez."
)
PROTEGE = "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."
ILLISIBLE = "Le fichier n’est ni un classeur ni du texte lisible : enregistrez-le en XLSX, en ODS ou en CSV (UTF-8)."


def lu(chemin, **options):
    tableau = lire_tableau(chemin, **options)
    return tableau.ligne_entetes, tableau.entetes, [(ligne.numero, ligne.cellules) for ligne in tableau.lignes()]


def refus(chemin, **options):
    with pytest.raises(FichierIllisible) as erreur:
        list(lire_tableau(chemin, **options).lignes())
    return str(erreur.value)


def classeur(chemin, cellules, **autres_feuilles):
    livre = Workbook()
    for adresse, valeur in cellules.items():
        livre.active[adresse] = valeur
    for nom, contenu in autres_feuilles.items():
        feuille = livre.create_sheet(nom)
        for adresse, valeur in contenu.items():
            feuille[adresse] = valeur
    livre.save(chemin)
    return chemin


def ods(chemin, rangees, fin=None):
    document = OpenDocumentSpreadsheet()
    table = Table(name="Feuille1")
    for rangee, fois in rangees:
        ligne = TableRow(numberrowsrepeated=fois) if fois > 1 else TableRow()
        for texte in rangee:
            cellule = TableCell(valuetype="string")
            cellule.addElement(P(text=texte))
            ligne.addElement(cellule)
        ligne.addElement(TableCell(numbercolumnsrepeated=16_000))
        table.addElement(ligne)
    if fin:
        vide = TableRow(numberrowsrepeated=fin)
        vide.addElement(TableCell(numbercolumnsrepeated=16_384))
        table.addElement(vide)
    document.spreadsheet.addElement(table)
    document.save(chemin)
    return chemin


def archive(chemin, **membres):
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as sortie:
        for nom, contenu in membres.items():
            sortie.writestr(nom, contenu)
    return chemin
