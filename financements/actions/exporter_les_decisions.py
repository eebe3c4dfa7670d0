"""Emporter les actions votées : la trace dit qui, combien de lignes, dans quel format, avec quels filtres."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.chiffres.decisions import Decisions
from financements.permissions import peut_exporter_les_decisions


@transaction.atomic
def exporter_les_decisions(
    *, auteur: Personne | None, decisions: Decisions, genre: str, filtres: Mapping[str, str]
) -> None:
    """Consigne l’export. `auteur` : None pour la commande ; `genre` : « xlsx », « ods » ou « csv ».

    Lève `PermissionDenied` si l’auteur n’exporte pas : qui exporte voit toutes les actions.
    """
    if auteur is not None and not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    journaliser(
        auteur=auteur,
        acte="exporter_les_decisions",
        objet=decisions.perimetre.appel,
        apres={
            "format": genre,
            "lignes": decisions.actions,
            "montant": str(decisions.total),
            "filtres": dict(filtres),
        },
    )
