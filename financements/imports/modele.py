"""Le modèle de fichier à télécharger : les colonnes de l’appel, une ligne d’exemple, et les consignes (XLSX)."""

import csv
import io
from datetime import date
from typing import Any

import xlsxwriter

from config.socle.lecture.entetes import Colonne
from financements.imports.lignes import colonnes_du_programme

TEXTE, MONTANT, JOUR, ENTIER = "@", "# ##0.00", "dd/mm/yyyy", "0"
CONSIGNES = {
    "numero": "Numéro de l’action, un entier unique dans l’appel.",
    "axe": "Numéro d’un axe de l’appel.",
    "organisme": "Nom de l’organisme porteur, le même pour un même SIRET.",
    "siret": "14 chiffres, en texte. Le SIRET ou le RNA est obligatoire.",
    "rna": "« W » et 9 caractères, pour une association.",
    "intitule": "Intitulé de l’action, 300 caractères au plus.",
    "territoires": "Un territoire, ou des parts qui font 100 : Valenciennois=60|Douaisis=40 (noms ou codes).",
    "allocataires_prevus": "Allocataires accompagnés par an.",
    "cout_total": "Coût de l’action sur toutes ses années, en euros.",
    "fse": "oui ou non : l’action reçoit-elle une aide du Fonds social européen ?",
    "montant_fse": "Aide du FSE en euros, si fse vaut oui.",
    "deliberation": "Référence de la délibération d’attribution.",
    "date_deliberation": "Date d’adoption.",
    "forme_juridique": "Facultatif : association, ccas, siae, epci, commune, gip, entreprise ou autre.",
    "commune": "Facultatif : commune du siège, nom ou code Insee.",
    "sous_type": "Facultatif : dispositif particulier (IOD, ACI…).",
}
EXEMPLE: dict[str, Any] = {
    "numero": 1,
    "axe": 1,
    "organisme": "Organisme d’exemple (ligne à effacer)",
    "siret": "73282932000074",
    "intitule": "Intitulé de l’action",
    "territoires": "Valenciennois=60|Douaisis=40",
    "allocataires_prevus": 40,
    "cout_total": 100000,
    "fse": "non",
    "deliberation": "Référence",
    "date_deliberation": date(2016, 6, 13),
    "forme_juridique": "association",
}
GENRES = {
    "numero": ENTIER,
    "axe": ENTIER,
    "allocataires_prevus": ENTIER,
    "cout_total": MONTANT,
    "montant_fse": MONTANT,
    "date_deliberation": JOUR,
}


def _genre(colonne: Colonne) -> str:
    return MONTANT if colonne.nom.startswith("montant_") else GENRES.get(colonne.nom, TEXTE)


def _exemple(colonne: Colonne, annees: list[int]) -> Any:
    return 20000 if colonne.nom in {f"montant_{annee}" for annee in annees} else EXEMPLE.get(colonne.nom)


def _consigne(colonne: Colonne) -> str:
    annee = colonne.nom.removeprefix("montant_")
    return CONSIGNES.get(colonne.nom) or f"Montant voté pour {annee}, en euros ; vide s’il n’y en a pas."


def modele_xlsx(annees: list[int]) -> bytes:
    """Classeur : la feuille à remplir, colonnes typées (identifiants en texte), et une feuille de consignes."""
    sortie = io.BytesIO()
    colonnes = colonnes_du_programme(annees)
    with xlsxwriter.Workbook(sortie, {"in_memory": True}) as classeur:
        formats = {genre: classeur.add_format({"num_format": genre}) for genre in (TEXTE, MONTANT, JOUR, ENTIER)}
        gras = classeur.add_format({"bold": True})
        feuille = classeur.add_worksheet("Programme")
        feuille.freeze_panes(1, 0)
        for rang, colonne in enumerate(colonnes):
            genre, exemple = formats[_genre(colonne)], _exemple(colonne, annees)
            feuille.set_column(rang, rang, max(14, len(colonne.nom) + 2), genre)
            feuille.write_string(0, rang, colonne.nom, gras)
            if exemple is not None:
                _ecrire(feuille, rang, exemple, genre)
        consignes = classeur.add_worksheet("Consignes")
        consignes.set_column(0, 0, 24)
        consignes.set_column(1, 1, 100)
        for rang, colonne in enumerate(colonnes):
            consignes.write_row(rang, 0, [colonne.nom, _consigne(colonne)])
    return sortie.getvalue()


def _ecrire(feuille: Any, rang: int, exemple: Any, genre: Any) -> None:
    """Un SIRET fait de chiffres reste du texte."""
    if isinstance(exemple, date):
        feuille.write_datetime(1, rang, exemple, genre)
    elif isinstance(exemple, str):
        feuille.write_string(1, rang, exemple, genre)
    else:
        feuille.write_number(1, rang, exemple, genre)


def modele_csv(annees: list[int]) -> str:
    """CSV (`;`, marque UTF-8) : les en-têtes et la ligne d’exemple."""
    colonnes = colonnes_du_programme(annees)
    sortie = io.StringIO()
    ecriture = csv.writer(sortie, delimiter=";")
    ecriture.writerow([colonne.nom for colonne in colonnes])
    ecriture.writerow([_texte(_exemple(colonne, annees)) for colonne in colonnes])
    return "\ufeff" + sortie.getvalue()


def _texte(valeur: Any) -> str:
    return f"{valeur:%d/%m/%Y}" if isinstance(valeur, date) else str(valeur if valeur is not None else "")
