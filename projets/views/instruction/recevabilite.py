"""Le panneau de la recevabilité : ce que le service attend du porteur, et ce qu’il peut faire."""

from typing import Any

from comptes.models import Personne
from projets.models import Projet
from projets.permissions import peut_suivre_l_instruction
from projets.states import CYCLE_PROJET


def panneau_recevabilite(personne: Personne, projet: Projet) -> dict[str, Any]:
    """Les variables de `_recevabilite.html`. `projet` : ses demandes préchargées."""
    actes = CYCLE_PROJET.actes_possibles(projet.etat)
    return {
        "demande": next((demande for demande in projet.demandes.all() if demande.repondue_le is None), None),
        "peut_demander": peut_suivre_l_instruction(personne) and "demander_une_piece" in actes,
    }
