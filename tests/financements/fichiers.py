"""Fabriquer un fichier de programme, juste par défaut, et l’appel qui le reçoit."""

import csv
from pathlib import Path

from openpyxl import Workbook

from projets.models import AppelAProjets
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import CommuneFactory, TerritoireFactory

SIRET = "73282932000074"
COLONNES = (
    "numero", "axe", "organisme", "siret", "rna", "intitule", "territoires", "allocataires_prevus", "cout_total",
    "montant_2016", "montant_2017", "montant_2018", "fse", "montant_fse", "deliberation", "date_deliberation",
)  # fmt: skip


def appel_du_nord() -> AppelAProjets:
    """Un appel 2016-2018 à cinq axes, trois territoires et une commune."""
    appel = AppelFactory(slug="nord-2016-2018")
    for numero in range(1, 6):
        AxeFactory(appel=appel, numero=numero)
    for code, nom in (("VAL", "Valenciennois"), ("DOU", "Douaisis"), ("MRT", "Métropole Roubaix-Tourcoing")):
        territoire = TerritoireFactory(code=code, nom=nom)
    CommuneFactory(code_insee="59512", nom="Roubaix", territoire=territoire)
    return appel


def ligne(**valeurs: object) -> dict[str, object]:
    """Une ligne juste, moins ce qu’on y change. `None` : cellule vide."""
    juste = {
        "numero": "1",
        "axe": "3",
        "organisme": "Les Ateliers de la Scarpe",
        "siret": SIRET,
        "rna": None,
        "intitule": "Chantier d’insertion maraîchage",
        "territoires": "Valenciennois=60|Douaisis=40",
        "allocataires_prevus": "40",
        "cout_total": "100 000,00 €",
        "montant_2016": "10 000,00",
        "montant_2017": "20000.50",
        "montant_2018": "20 000,51 €",
        "fse": "non",
        "montant_fse": None,
        "deliberation": "DLES/2016/131",
        "date_deliberation": "13/06/2016",
    }
    return juste | valeurs


def ecrire_csv(
    chemin: Path, lignes: list[dict[str, object]], *, separateur: str = ";", encodage: str = "utf-8"
) -> Path:
    """Les colonnes sont celles de la première ligne."""
    with chemin.open("w", encoding=encodage, newline="") as fichier:
        ecriture = csv.DictWriter(fichier, lignes[0].keys() if lignes else COLONNES, delimiter=separateur)
        ecriture.writeheader()
        ecriture.writerows(lignes)
    return chemin


def ecrire_xlsx(chemin: Path, lignes: list[dict[str, object]]) -> Path:
    """Un classeur à une feuille ; les valeurs gardent leur type."""
    classeur = Workbook()
    classeur.active.append(list(lignes[0]))
    for rangee in lignes:
        classeur.active.append(list(rangee.values()))
    classeur.save(chemin)
    return chemin
