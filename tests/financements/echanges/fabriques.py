"""Fabriques des échanges."""

from financements.models import Publication
from projets.models import AppelAProjets


def publication_de(appel: AppelAProjets, **champs: object) -> Publication:
    """Un fichier préparé, pas encore en ligne."""
    valeurs = {"seuil_legal": True, "nombre": 1, "montant": 5, "empreinte": "0" * 64, **champs}
    return Publication.objects.create(appel=appel, **valeurs)
