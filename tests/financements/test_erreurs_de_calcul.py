"""Une cellule en erreur de calcul n’est pas une cellule vide : rien n’est importé, et l’erreur dit où elle est."""

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from config.socle.lecture.erreurs import ErreurLigne
from financements.actions.importer_programme import importer_programme
from financements.imports.modele import modele_csv
from financements.models import Action
from tests.financements.fichiers import appel_du_nord, ecrire_csv, ecrire_xlsx, ligne

pytestmark = pytest.mark.django_db
FORMULE = "of:=NA()"
CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


@pytest.fixture
def importer(tmp_path):
    appel = appel_du_nord()

    def _importer(*lignes, ecrire):
        return importer_programme(auteur=None, appel=appel, chemin=ecrire(tmp_path / "p.dat", list(lignes)))

    return _importer


def ecrire_ods(chemin, lignes, annonce="error"):
    """Comme LibreOffice : une erreur est un texte vide, avec une formule ; les anciens n’écrivent pas `annonce`."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="Programme")
    for rangee in (list(lignes[0]), *(list(valeurs.values()) for valeurs in lignes)):
        posee = TableRow()
        for valeur in rangee:
            posee.addElement(cellule_ods(valeur, annonce))
        table.addElement(posee)
    document.spreadsheet.addElement(table)
    document.save(chemin)
    return chemin


def cellule_ods(valeur, annonce):
    if valeur is None:
        return TableCell()
    if str(valeur).startswith("="):
        return TableCell(formula=f"of:{valeur}")
    est_fausse = str(valeur).startswith(("#", "Err:"))
    if not est_fausse:
        cellule = TableCell(valuetype="string")
    elif annonce:
        cellule = TableCell(valuetype="string", stringvalue="", formula=FORMULE)
        cellule.setAttrNS(CALCEXT, "value-type", annonce)
    else:
        cellule = TableCell(valuetype="float", value="0", formula=FORMULE)
    cellule.addElement(P(text=str(valeur)))
    return cellule


def ecrire_ancien_ods(chemin, lignes):
    return ecrire_ods(chemin, lignes, annonce="")


def erreur(numero, colonne, texte):
    return ErreurLigne(
        numero, colonne, texte, f"la cellule contient une erreur de calcul ({texte}) ; attendu : une valeur"
    )


@pytest.mark.parametrize("ecrire", [ecrire_csv, ecrire_xlsx, ecrire_ods, ecrire_ancien_ods])
def test_une_erreur_de_calcul_n_est_pas_une_cellule_vide(importer, ecrire):
    rendu = importer(ligne(), ligne(numero="2", montant_2017="#N/A"), ligne(numero="3", fse="#REF!"), ecrire=ecrire)
    assert rendu.erreurs == [erreur(3, "montant_2017", "#N/A"), erreur(4, "fse", "#REF!")]
    assert Action.objects.count() == 0


@pytest.mark.parametrize("ecrire", [ecrire_csv, ecrire_xlsx, ecrire_ods])
def test_aucune_colonne_connue_n_accepte_une_erreur_de_calcul(importer, ecrire):
    colonnes = [*ligne(), "forme_juridique", "commune", "sous_type"]
    assert sorted(colonnes) == sorted(modele_csv(range(2016, 2019)).lstrip("\ufeff").splitlines()[0].split(";"))
    rendu = importer(dict.fromkeys(colonnes, "#DIV/0!"), ecrire=ecrire)
    assert sorted(rendu.erreurs, key=lambda e: e.colonne) == [erreur(2, nom, "#DIV/0!") for nom in sorted(colonnes)]
    assert Action.objects.count() == 0


def test_une_formule_jamais_calculee_n_est_pas_un_montant_nul(importer):
    """Comme l’écrit un programme qui remplit un classeur sans le calculer."""
    rendu = importer(ligne(), ligne(numero="2", montant_2017="=J2*2", rna='=""'), ecrire=ecrire_xlsx)
    attendu = (
        "un résultat : cette cellule porte une formule dont le résultat n’est pas enregistré ; ouvrez le classeur "
        "dans votre tableur, enregistrez-le, puis recommencez"
    )
    assert rendu.erreurs == [
        ErreurLigne(3, "rna", '=""', attendu),
        ErreurLigne(3, "montant_2017", "=J2*2", attendu),
    ]
    assert Action.objects.count() == 0


@pytest.mark.parametrize("ecrire", [ecrire_xlsx, ecrire_ods])
def test_aucune_colonne_connue_n_accepte_une_formule_jamais_calculee(importer, ecrire):
    colonnes = [*ligne(), "forme_juridique", "commune", "sous_type"]
    rendu = importer(dict.fromkeys(colonnes, "=A1"), ecrire=ecrire)
    assert sorted((e.ligne, e.colonne, e.valeur) for e in rendu.erreurs) == [
        (2, nom, "=A1") for nom in sorted(colonnes)
    ]
    assert Action.objects.count() == 0
