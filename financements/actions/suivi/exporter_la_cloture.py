"""Emporter une liste de la clôture : la trace dit qui, quelle liste, combien de lignes, dans quel format."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.permissions import peut_exporter_les_decisions
from projets.models import AppelAProjets


@transaction.atomic
def exporter_la_cloture(
    *, auteur: Personne, appel: AppelAProjets, exercice: int, liste: str, genre: str, lignes: int
) -> None:
    """Consigne l’export. Lève `PermissionDenied` si l’auteur n’exporte pas."""
    if not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    journaliser(
        auteur=auteur,
        acte="exporter_la_cloture",
        objet=appel,
        apres={"format": genre, "lignes": lignes, "liste": liste, "exercice": exercice},
    )
