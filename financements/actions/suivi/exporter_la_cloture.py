"""Emporter une liste de la clôture : la trace dit qui, quelle liste, combien de lignes, dans quel format."""

from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.chiffres.execution.cloture import Cloture
from financements.exports.cloture import Liste
from financements.permissions import peut_exporter_les_decisions


@transaction.atomic
def exporter_la_cloture(
    *, auteur: Personne, cloture: Cloture, liste: Liste, extension: str, fichier: BinaryIO
) -> None:
    """Écrit la liste dans `fichier` et la consigne. Lève `PermissionDenied`, `ExportIncomplet` (fichier à jeter)."""
    if not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    liste.ecrire(fichier, cloture, extension)
    journaliser(
        auteur=auteur,
        acte="exporter_la_cloture",
        objet=cloture.execution.programme.appel,
        apres={
            "format": extension,
            "lignes": liste.nombre(cloture),
            "liste": liste.titre,
            "exercice": cloture.exercice,
        },
    )
