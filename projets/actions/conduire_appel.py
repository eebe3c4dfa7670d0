"""Conduire un appel clos : ouvrir l’instruction, puis l’arbitrage, où les notes sont arrêtées."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from projets.actions.regler import passer_l_appel, verrouiller
from projets.models import AppelAProjets
from projets.permissions import conduit_l_instruction


@transaction.atomic
def instruire_appel(*, auteur: Personne, appel: AppelAProjets) -> AppelAProjets:
    """L’appel clos passe à l’instruction. Lève `PermissionDenied`, `PassageRefuse` s’il n’est pas clos."""
    return _passer(auteur, appel, "instruire")


@transaction.atomic
def arbitrer_appel(*, auteur: Personne, appel: AppelAProjets) -> AppelAProjets:
    """L’appel passe à l’arbitrage : ses notes sont arrêtées. Lève `PermissionDenied`, `PassageRefuse`."""
    return _passer(auteur, appel, "arbitrer")


@transaction.atomic
def deliberer_appel(*, auteur: Personne, appel: AppelAProjets) -> AppelAProjets:
    """L’appel est délibéré : le vote a décidé de ses projets. Lève `PermissionDenied`, `PassageRefuse`."""
    return _passer(auteur, appel, "deliberer")


def _passer(auteur: Personne, appel: AppelAProjets, acte: str) -> AppelAProjets:
    if not conduit_l_instruction(auteur):
        raise PermissionDenied
    verrouille = verrouiller(appel.pk)
    # L’horloge a pu clore l’appel sans que son état enregistré le dise encore.
    verrouille.etat = verrouille.etat_effectif
    return passer_l_appel(auteur, verrouille, acte)
