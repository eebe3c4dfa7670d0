"""Les données du Nord livrées avec le produit (provenance, licences, hypothèses : `donnees/LISEZMOI.md`)."""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

DOSSIER = Path(__file__).resolve().parent.parent / "donnees"
OBSERVE_LE = date(2016, 2, 29)
SOURCE_EFFECTIFS = (
    "Répartition inventée pour la démonstration ; seul le total est réel (Département du Nord, 29/02/2016)"
)


@dataclass(frozen=True, slots=True)
class CommuneDuNord:
    """Une commune (COG 2019), sa population municipale de 2016 et le territoire supposé dont elle relève."""

    code_insee: str
    nom: str
    codes_postaux: str
    arrondissement: str
    epci: str
    population: int
    territoire: str


@dataclass(frozen=True, slots=True)
class TerritoireDuNord:
    """Un des huit territoires supposés ; `contour` : géométrie GeoJSON, degrés WGS 84."""

    code: str
    nom: str
    contour: dict[str, Any]


def lire_territoires() -> list[TerritoireDuNord]:
    """Les huit territoires et leur contour."""
    collection = json.loads((DOSSIER / "territoires-8-hypothese.geojson").read_text(encoding="utf-8"))
    return [
        TerritoireDuNord(trait["properties"]["code"], trait["properties"]["nom"], trait["geometry"])
        for trait in collection["features"]
    ]


def lire_communes() -> list[CommuneDuNord]:
    """Les 648 communes, dans l’ordre du code Insee."""
    with (DOSSIER / "communes-59.csv").open(encoding="utf-8", newline="") as fichier:
        return [
            CommuneDuNord(
                code_insee=ligne["code_insee"],
                nom=ligne["nom"].replace("'", "’"),
                codes_postaux=ligne["codes_postaux"],
                arrondissement=ligne["arrondissement"],
                epci=ligne["epci_2019"].replace("'", "’"),
                population=int(ligne["population_municipale_2016"]),
                territoire=ligne["territoire_hypothese"],
            )
            for ligne in csv.DictReader(fichier)
        ]


def lire_effectifs() -> dict[str, int]:
    """Foyers allocataires par code de territoire : valeurs inventées, dont la somme (115 386) est réelle."""
    with (DOSSIER / "allocataires-territoires-FICTIF.csv").open(encoding="utf-8", newline="") as fichier:
        return {ligne["code"]: int(ligne["allocataires_FICTIF"]) for ligne in csv.DictReader(fichier)}
