"""Le programme de démonstration en fichier d’import, tel qu’un service le préparerait : XLSX ou CSV."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from config.socle.montants import en_euros
from financements.demonstration.lignes import ANNEES, LigneDemo
from territoires.imports.nord import lire_communes, lire_territoires

COLONNES = (
    "numero", "axe", "organisme", "siret", "rna", "forme_juridique", "commune", "intitule", "sous_type", "territoires",
    "allocataires_prevus", "cout_total", *(f"montant_{annee}" for annee in ANNEES), "fse", "montant_fse",
    "deliberation", "date_deliberation",
)  # fmt: skip
Cellule = str | int | Decimal | date | None
TEXTE, MONTANT, JOUR = "@", "# ##0.00", "dd/mm/yyyy"


def lignes_du_fichier(lignes: Sequence[LigneDemo]) -> list[dict[str, Cellule]]:
    """Une ligne d’import par action, par nom de colonne ; montants en euros, cellule vide sans crédit."""
    communes = {commune.code_insee: commune.nom for commune in lire_communes()}
    noms = {territoire.code: territoire.nom for territoire in lire_territoires()}
    return [
        {
            "numero": ligne.numero,
            "axe": ligne.axe,
            "organisme": ligne.organisme.nom,
            "siret": ligne.organisme.siret,
            "rna": ligne.organisme.rna or None,
            "forme_juridique": ligne.organisme.forme_juridique,
            "commune": communes[ligne.organisme.code_commune],
            "intitule": ligne.intitule,
            "sous_type": ligne.sous_type,
            "territoires": _dire_les_parts(ligne, noms),
            "allocataires_prevus": ligne.allocataires_prevus,
            "cout_total": en_euros(ligne.cout_total),
            **{
                f"montant_{annee}": en_euros(ligne.montants[annee]) if annee in ligne.montants else None
                for annee in ANNEES
            },
            "fse": "oui" if ligne.montant_fse else "non",
            "montant_fse": en_euros(ligne.montant_fse) if ligne.montant_fse else None,
            "deliberation": ligne.deliberation,
            "date_deliberation": ligne.date_deliberation,
        }
        for ligne in lignes
    ]


def _dire_les_parts(ligne: LigneDemo, noms: dict[str, str]) -> str:
    """« Valenciennois=60|Douaisis=40 », ou le nom seul."""
    if len(ligne.parts) == 1:
        return noms[ligne.parts[0][0]]
    return "|".join(f"{noms[code]}={part}" for code, part in ligne.parts)


def ecrire_csv(lignes: Sequence[LigneDemo], chemin: Path) -> None:
    """CSV UTF-8 (avec la marque qu’attendent les tableurs), point-virgule, « 12345,67 », « 13/06/2016 »."""
    with chemin.open("w", encoding="utf-8-sig", newline="") as fichier:
        auteur = csv.DictWriter(fichier, COLONNES, delimiter=";")
        auteur.writeheader()
        for ligne in lignes_du_fichier(lignes):
            auteur.writerow({nom: _texte(cellule) for nom, cellule in ligne.items()})


def _texte(cellule: Cellule) -> str:
    if cellule is None:
        return ""
    if isinstance(cellule, Decimal):
        return f"{cellule:.2f}".replace(".", ",")
    if isinstance(cellule, date):
        return f"{cellule:%d/%m/%Y}"
    return str(cellule)


def ecrire_xlsx(lignes: Sequence[LigneDemo], chemin: Path) -> None:
    """Classeur à une feuille : identifiants en texte, montants en nombres, dates en dates."""
    with xlsxwriter.Workbook(chemin, {"constant_memory": True}) as classeur:
        classeur.set_properties({"title": "Programme de démonstration", "created": datetime(2016, 6, 13)})  # noqa: DTZ001
        feuille = classeur.add_worksheet("Programme")
        formats = {genre: classeur.add_format({"num_format": genre}) for genre in (TEXTE, MONTANT, JOUR)}
        feuille.freeze_panes(1, 0)
        feuille.write_row(0, 0, COLONNES, classeur.add_format({"bold": True}))
        for rang, ligne in enumerate(lignes_du_fichier(lignes), start=1):
            for colonne, nom in enumerate(COLONNES):
                cellule = ligne[nom]
                if isinstance(cellule, Decimal):
                    feuille.write_number(rang, colonne, cellule, formats[MONTANT])
                elif isinstance(cellule, date):
                    feuille.write_datetime(rang, colonne, cellule, formats[JOUR])
                elif isinstance(cellule, int):
                    feuille.write_number(rang, colonne, cellule)
                elif cellule is not None:
                    feuille.write_string(rang, colonne, cellule, formats[TEXTE])
