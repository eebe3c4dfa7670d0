"""Quand un rapport planifié se produit : le premier jour de chaque mois, trimestre ou année. Ni ORM ni Django."""

from datetime import date

MOIS: dict[str, int] = {"mensuelle": 1, "trimestrielle": 3, "annuelle": 12}  # par période


def derniere_echeance(frequence: str, jour: date) -> date:
    """Le premier jour de la période où l’on est. `KeyError` si la fréquence est inconnue."""
    pas = MOIS[frequence]
    return date(jour.year, (jour.month - 1) // pas * pas + 1, 1)


def prochaine_echeance(frequence: str, jour: date) -> date:
    """Le premier jour de la période suivante."""
    debut, pas = derniere_echeance(frequence, jour), MOIS[frequence]
    rang = debut.month - 1 + pas
    return date(debut.year + rang // 12, rang % 12 + 1, 1)


def echeance_due(frequence: str, *, depuis: date, jour: date) -> date | None:
    """La dernière échéance passée depuis que le rapport est planifié ; None s’il n’y en a pas encore eu.

    Une panne de deux mois ne produit qu’un rapport : les précédents diraient la même chose.
    """
    derniere = derniere_echeance(frequence, jour)
    return derniere if derniere > depuis else None
