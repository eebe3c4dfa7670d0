"""Comment se lit la copie d’un projet : dates, pourcentages, comptes du Cerfa, financeurs, siège.

La copie figée d’un dépôt ne se récrit pas : ces règles valent aussi pour les anciennes, aux valeurs brutes.
"""

import re
from datetime import date

from config.socle.recherche import cle_de_tri
from projets.rules.lignes_cerfa import DEPARTEMENT, NOMMEES, SUBVENTIONS

_DECIMAUX = re.compile(r"etp|part_.+|allocataires_\d+|indicateur_\d+_cible")


def valeur_lisible(cle: str, valeur: str) -> str:
    """« 2027-03-01 » → « 01/03/2027 » ; les nombres d’une étape à la virgule, une part avec son « % ».

    `cle` : la clé de la saisie. Une valeur déjà lisible est rendue telle quelle.
    """
    if jour := _date_iso(valeur):
        return f"{jour:%d/%m/%Y}"
    if not _DECIMAUX.fullmatch(cle):
        return valeur
    nombre = virgule(valeur)
    return f"{nombre}\u00a0%" if cle.startswith("part_") and "%" not in nombre else nombre


def virgule(nombre: str) -> str:
    """« 66.67 » → « 66,67 »."""
    return nombre.replace(".", ",") if re.fullmatch(r"\d+\.\d+", nombre) else nombre


def _date_iso(valeur: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", valeur):
        return None
    try:
        return date.fromisoformat(valeur)
    except ValueError:
        return None


def numero_de_compte(compte: str) -> str:
    """Le compte du Cerfa : « 74 » pour « 74dep », « 60 » pour « 60x » ; vide pour une ligne qui n’en a pas."""
    trouve = re.match(r"\d+", compte)
    return trouve[0] if trouve else ""


def accord(compte: str, libelle: str, *, est_acquis: bool) -> str:
    """« acquis » ou « sollicité » pour l’aide d’un cofinanceur ; vide pour les autres lignes."""
    if not compte.startswith(SUBVENTIONS) or libelle == NOMMEES[DEPARTEMENT]:
        return ""
    return "acquis" if est_acquis else "sollicité"


def siege(adresse: str, commune: str) -> str:
    """L’adresse et la commune, sans répéter celle que l’adresse nomme déjà."""
    if commune and re.search(rf"\b{re.escape(cle_de_tri(commune))}\b", cle_de_tri(adresse)):
        return adresse
    return ", ".join(filter(None, [adresse, commune]))
